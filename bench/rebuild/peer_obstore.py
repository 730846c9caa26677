"""obstore's listing into a COPY: peer_obstore.py URL"""

import sys

import obstore
import psycopg

store = obstore.store.S3Store(
    "bench", endpoint=sys.argv[1], region="us-east-1", access_key_id="bench", secret_access_key="bench",
    client_options={"allow_http": True})
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

with psycopg.connect() as connection:
    with connection.cursor().copy("copy peer (filename, size, last_modified, etag) from stdin") as copy:
        for chunk in obstore.list(store, chunk_size=1000):
            copy.write("".join(
                f"{meta['path'].translate(ESCAPES)}\t{meta['size']}\t{meta['last_modified'].isoformat()}\t{meta['e_tag'].strip(chr(34))}\n"
                for meta in chunk))
