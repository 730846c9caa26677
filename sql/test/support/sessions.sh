#!/usr/bin/env bash
# Two sessions that stay, A and B, on the database $db; to be sourced after prove.sh.
# shellcheck disable=SC2154  # work and db are those of the script

mkfifo "$work/A.in" "$work/A.out" "$work/B.in" "$work/B.out"
PGAPPNAME=A timeout 300 psql -XqAt -d "$db" <"$work/A.in" >"$work/A.out" 2>&1 &
PGAPPNAME=B timeout 300 psql -XqAt -d "$db" <"$work/B.in" >"$work/B.out" 2>&1 &
exec 3>"$work/A.in" 4<"$work/A.out" 5>"$work/B.in" 6<"$work/B.out"
declare -A to=([A]=3 [B]=5) from=([A]=4 [B]=6)

# send SESSION SQL: without waiting for the answer.
send() { printf '%s;\n\\echo ---\n' "$2" >&"${to[$1]}"; }

# hear SESSION: the answer to what was sent; fails where that is an error.
hear() {
    local line said=
    while IFS= read -r -t 60 line <&"${from[$1]}"; do
        [ "$line" != --- ] || break
        said+=$line$'\n'
    done
    [ "${line:-}" = --- ] || { echo "$1 does not answer" && return 1; }
    printf '%s' "$said"
    [[ $said != *ERROR:* ]]
}

# tell SESSION SQL: sends, and waits until the server has answered.
tell() {
    send "$1" "$2"
    hear "$1" || { echo "$1 was told: $2" && return 1; }
}

# until_blocked SESSION: waits until the server shows that the session waits for a lock.
until_blocked() {
    sql "$db" -c "do \$\$ begin
        for i in 1..6000 loop
            perform pg_stat_clear_snapshot();
            if exists (select from pg_stat_activity where application_name = '$1' and cardinality(pg_blocking_pids(pid)) > 0) then return; end if;
            perform pg_sleep(0.005);
        end loop;
        raise exception '$1 waits for nobody';
    end \$\$"
}

close_sessions() {
    exec 3>&- 5>&-
    wait
}
