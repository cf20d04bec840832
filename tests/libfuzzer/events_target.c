// SPDX-License-Identifier: GPL-2.0
/* Records of a ring buffer, which a policy may fill with anything: as text and as JSON. */
#include <json-c/json.h>
#include <string.h>

#include "event.h"
#include "target.h"

static void check_text(const char *line, size_t size)
{
	MUST(size && line[size - 1] == '\n' && strcspn(line, "\n") == size - 1);
	for (; *line != '\n'; line++)
		MUST(*line >= ' ' && *line <= '~');
}

static void check_json(const char *line, size_t size)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = json_tokener_parse_ex(tokener, line, size);
	MUST(object && json_object_is_type(object, json_type_object));
	json_object_put(object);
	json_tokener_free(tokener);
}

static void print(bool json, const struct smccc_event *events, size_t count)
{
	struct event_printer printer = { .json = json };
	size_t i, size;
	char *line;

	event__update_clock(&printer);
	for (i = 0; i < count; i++) {
		FILE *out = open_memstream(&line, &size);

		MUST(out);
		event__print(&printer, out, json ? "\"vm\"" : "vm", &events[i]);
		fclose(out);
		(json ? check_json : check_text)(line, size);
		free(line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count = size / sizeof(struct smccc_event);
	struct smccc_event *events = calloc(count + 1, sizeof(*events));

	MUST(events);
	memcpy(events, data, count * sizeof(*events));
	print(false, events, count);
	print(true, events, count);
	free(events);
	return 0;
}
