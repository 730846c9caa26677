#ifndef S3CACHE_CLIBXML2_SHIM_H
#define S3CACHE_CLIBXML2_SHIM_H

/* Where libxml2 is built with ICU, its headers declare the types of that ICU, which are not those of the ICU in Foundation: no file
   could then be sure to compile that sees both. We need none of what they are for. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/xmlreader.h>

#endif
