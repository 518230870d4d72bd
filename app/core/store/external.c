/* The fields of an external id. */
#include "core/store/external.h"

static const struct field external_fields[] = {
	FIELD(struct external, connection_id, .flags = FIELD_ID),
	FIELD(struct external, id, .doc = "Id at the provider"),
};
const struct record_type external_record = RECORD_TYPE("External", struct external, external_fields);
