/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_canvas.h"

#include <stddef.h>
#include <string.h>

static const struct decoration {
	const char *name;
	void (*draw)(struct plate_canvas *canvas);
	void (*over)(struct plate_canvas *canvas);	/* upon the characters' edges, in a style only */
} decorations[] = {
	{"", plate_plain, plate_edge_screws},
	{"kz-flag", plate_kz_flag, plate_edge_screws},
	{"kz-mark", plate_kz_mark, plate_edge_screws},
	{"ru-region", plate_ru_region, plate_edge_screws},
	{"eu-band", plate_eu_band, plate_edge_screws},
	{"it-band", plate_it_band, plate_edge_screws},
	{"uk-band", plate_uk_band, plate_edge_screws},
	{"br-tag", plate_br_tag, plate_br_screws},
	{"br-mercosul", plate_br_mercosul, plate_edge_screws},
	{"us-state", plate_us_state, plate_us_frame},
	{"tr-band", plate_tr_band, plate_edge_screws},
	{"ua-band", plate_ua_band, plate_edge_screws},
	{"by-flag", plate_by_flag, plate_edge_screws},
	{"uz-flag", plate_uz_flag, plate_edge_screws},
	{"kg-flag", plate_kg_flag, plate_edge_screws},
	{"ae-emirate", plate_ae_emirate, plate_edge_screws},
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
	decoration_find(canvas->format->decoration)->draw(canvas);
}

void plate_decorate_over(struct plate_canvas *canvas)
{
	if (canvas->styled)
		decoration_find(canvas->format->decoration)->over(canvas);
}
