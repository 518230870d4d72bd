#ifndef METRICS_BENCHMARK_PAGES_H
#define METRICS_BENCHMARK_PAGES_H

#include "core/http/exchange.h"

extern const struct route benchmark_routes[];

#endif
