/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_canvas.h"

#include <stddef.h>
#include <string.h>

static const struct decoration {
	const char *name;
	void (*draw)(struct plate_canvas *canvas);	/* NULL: nothing */
} decorations[] = {
	{"", NULL}, {"kz-flag", plate_kz_flag}, {"kz-mark", plate_kz_mark}, {"ru-region", plate_ru_region}, {"eu-band", plate_eu_band},
	{"it-band", plate_it_band}, {"uk-band", plate_uk_band}, {"br-tag", plate_br_tag}, {"br-mercosul", plate_br_mercosul},
	{"us-state", plate_us_state}, {"tr-band", plate_tr_band}, {"ua-band", plate_ua_band}, {"by-flag", plate_by_flag},
	{"uz-flag", plate_uz_flag}, {"kg-flag", plate_kg_flag}, {"ae-emirate", plate_ae_emirate},
};

static const struct decoration *decoration_find(const char *name)
{
	for (size_t i = 0; i < sizeof(decorations) / sizeof(decorations[0]); i++)
		if (!strcmp(decorations[i].name, name))
			return &decorations[i];
	return NULL;
}

bool plate_decoration_known(const char *name)
{
	return decoration_find(name);
}

void plate_decorate(struct plate_canvas *canvas)
{
	const struct decoration *decoration = decoration_find(canvas->format->decoration);

	if (decoration->draw)
		decoration->draw(canvas);
}
