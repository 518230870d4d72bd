/* Images and attachments: upload, list, change, delete; and the images' public addresses. */
#ifndef MEDIA_MEDIA_PAGES_H
#define MEDIA_MEDIA_PAGES_H

#include "core/http/exchange.h"

extern const struct route media_routes[], media_copy_routes[];

#endif
