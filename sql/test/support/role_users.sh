#!/usr/bin/env bash
# To be sourced by tests about roles, after prove.sh: a member of each role that can log in, one of none, and a second writer.
# shellcheck disable=SC2034,SC2154  # the variables are for whoever sources this, tag is theirs
for role in reader writer admin worker; do
    new_user "${tag}_$role" "in role s3cache_$role"
done
new_user "${tag}_nobody"
new_user "${tag}_other" "in role s3cache_writer"
nobody=${tag}_nobody reader=${tag}_reader writer=${tag}_writer admin=${tag}_admin worker=${tag}_worker other=${tag}_other
