// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>

#include "printable.h"

static bool continues(unsigned char byte)
{
	return byte >> 6 == 2;
}

/* Without the forms that Unicode forbids: overlong ones, surrogates, beyond 0x10ffff. */
size_t printable__utf8(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	if (!c[0])
		return 0;
	if (c[0] < 0x80)
		return 1;
	if (c[0] < 0xc2 || c[0] > 0xf4 || !continues(c[1]))
		return 0;
	if (c[0] < 0xe0)
		return 2;
	if (!continues(c[2]) || (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f))
		return 0;
	if (c[0] < 0xf0)
		return 3;
	if (!continues(c[3]) || (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return 4;
}

void printable__make(char *text)
{
	while (*text) {
		size_t len = printable__utf8(text);
		unsigned char c = text[0];
		/* C1 controls are two bytes in UTF-8 */
		bool control = c < 0x20 || c == 0x7f ||
			       (c == 0xc2 && (unsigned char)text[1] < 0xa0);

		if (!len || control)
			*text = '?';
		text += len && !control ? len : 1;
	}
}
