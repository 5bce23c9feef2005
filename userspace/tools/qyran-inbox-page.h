/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the report's page. Whatever a camera wrote is escaped. */
#ifndef QYRAN_INBOX_PAGE_H
#define QYRAN_INBOX_PAGE_H

#include "qyran-inbox.h"

void inbox_page_begin(FILE *page);
void inbox_page_end(FILE *page);

/** inbox_page_text() - escaped. */
void inbox_page_text(FILE *page, const char *text);

/** inbox_page_row() - the summary line of violation @number. */
void inbox_page_row(FILE *page, size_t number, const Qyran__V1__Violation *violation);

/** inbox_page_section() - everything about it. @record verified. */
void inbox_page_section(FILE *page, size_t number, const struct inbox_record *record, const Qyran__V1__Violation *violation);

#endif
