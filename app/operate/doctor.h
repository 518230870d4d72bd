/* telltale doctor: is everything there that the programs need? */
#ifndef OPERATE_DOCTOR_H
#define OPERATE_DOCTOR_H

#include "core/base/error.h"

struct invocation;

/* UNAVAILABLE if a check failed; each failure is printed with what to do. */
bool doctor_run(struct invocation *invocation, struct error *err) MUST_CHECK;
bool doctor_config(struct invocation *invocation, struct error *err) MUST_CHECK; /* makes no call to the provider */

#endif
