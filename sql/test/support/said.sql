-- pg_temp.said(): what an expression gives as text, or the error that it raises: its code and its message.

create function pg_temp.said(call text) returns text language plpgsql as $$
declare said text; code text;
begin
    execute 'select (' || call || ')::text' into said;
    return said;
exception when others then
    get stacked diagnostics said = message_text, code = returned_sqlstate;
    return code || ' ' || said;
end $$;
