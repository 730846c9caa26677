#ifndef S3CACHE_CLIBXML2_SHIM_H
#define S3CACHE_CLIBXML2_SHIM_H

#include <libxml/parser.h>
#include <libxml/xmlreader.h>

#endif
