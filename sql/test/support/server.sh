#!/usr/bin/env bash
# A second installation of the PostgreSQL server under test, with an extension directory of its own: versions that were
# never released can be installed in it, and its cluster has its own roles. To be sourced after prove.sh.
# shellcheck disable=SC2154  # which sets what is used here

# new_server DIR: makes the installation and a running cluster in DIR. `on DIR COMMAND…` talks to it.
new_server() {
    local dir=$1 config=${PG_CONFIG:-pg_config} bin share lib file
    bin=$("$config" --bindir) && share=$("$config" --sharedir) && lib=$("$config" --pkglibdir) || return 1
    mkdir -p "$dir/root$bin" "$dir/root$share/extension" "$(dirname "$dir/root$lib")"
    # A copy, not a link: the server looks for its files beside the program that it is.
    cp "$bin"/{postgres,initdb,pg_ctl} "$dir/root$bin/"
    [ -e "$dir/root$lib" ] || ln -s "$lib" "$dir/root$lib"
    for file in "$share"/*; do
        [ "${file##*/}" = extension ] || ln -s "$file" "$dir/root$share/"
    done
    for file in "$share"/extension/*; do
        [[ ${file##*/} == s3cache* ]] || ln -s "$file" "$dir/root$share/extension/"
    done
    cat >"$dir/pg_config" <<SCRIPT
#!/bin/sh
case \$1 in --bindir) echo '$dir/root$bin' ;; *) exec '$(command -v "$config")' "\$@" ;; esac
SCRIPT
    chmod 0755 "$dir/pg_config"
    servers+=("$dir")
    PG_CONFIG=$dir/pg_config timeout 60 "$root/scripts/test-cluster.sh" start "$dir"
}

on() {
    local dir=$1
    shift
    PGHOST=$dir PGPORT=5432 PGUSER=postgres "$@"
}

# offer DIR TREE [FILE…]: the extension as the SQL tree has it, and further scripts, can be installed on the server.
offer() {
    local dir=$1 tree=$2 extension
    shift 2
    extension=$dir/root$("${PG_CONFIG:-pg_config}" --sharedir)/extension
    "$sqlbundle" extension --sql "$tree" --out "$extension" &&
        sed "s/@VERSION@/$(cat "$tree/version")/" "$root/extension/s3cache.control.in" >"$extension/s3cache.control" || return 1
    [ $# -eq 0 ] || cp "$@" "$extension/"
    chmod -R a+rX "$extension"
}
