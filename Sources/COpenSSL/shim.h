#ifndef S3CACHE_COPENSSL_SHIM_H
#define S3CACHE_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/evp.h>

#endif
