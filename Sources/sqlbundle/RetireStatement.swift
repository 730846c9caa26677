/// The statement that ends an install or upgrade of the code: it drops what earlier versions created and this one does
/// not, and records what there is now in table `s3cache.code_object (identity text primary key)`.
///
/// It never cascades: where something of the user's depends on a retired object, the upgrade stops and says so. It also
/// refuses an object line that names nothing, which could never be retired. Names are recorded as the server spells them:
/// a schema that one script quotes and another does not is the same. Every function in it is qualified and every operator
/// meets its own types exactly, so that nothing in the caller's search path can take their place.
enum RetireStatement {
    static let quote = "$s3cache_retire$"

    static func sql(present objects: [ObjectIdentity]) -> String {
        let list = objects.map { "        \($0.literal)" }.joined(separator: ",\n")
        return """
            do \(quote)
            declare
                declared constant text[] := array[
            \(list)
                ]::text[];
                present text[] := '{}';
                gone text[];
                kept text[];
                one text;
                kind text;
                name text;
                reason text;
            begin
                foreach one in array declared loop
                    kind := pg_catalog.split_part(one, ' ', 1);
                    name := pg_catalog.substr(one, pg_catalog.length(kind) + 2);
                    name := case kind
                        when 'view' then pg_catalog.to_regclass(name)::text
                        when 'trigger' then (
                            select t.tgname::text || ' on ' || t.tgrelid::regclass::text
                            from pg_catalog.pg_trigger t
                            where t.tgname = pg_catalog.split_part(name, ' on ', 1)
                                and t.tgrelid = pg_catalog.to_regclass(pg_catalog.split_part(name, ' on ', 2))::oid)
                        else pg_catalog.to_regprocedure(name)::text
                    end;
                    if name is null then
                        raise exception 's3cache: a file of sql/code declares % and does not create it', one;
                    end if;
                    present := pg_catalog.array_append(present, kind || ' ' || name);
                end loop;

                select coalesce(pg_catalog.array_agg(c.identity order by c.identity), '{}') into gone
                from s3cache.code_object c
                where c.identity <> all (present);
                -- Whatever order the dependencies ask for: go round while a round drops something.
                while pg_catalog.cardinality(gone) > 0 loop
                    kept := '{}';
                    foreach one in array gone loop
                        kind := pg_catalog.split_part(one, ' ', 1);
                        name := pg_catalog.substr(one, pg_catalog.length(kind) + 2);
                        begin
                            execute 'drop ' || kind || ' if exists ' || name;
                        exception when dependent_objects_still_exist then
                            get stacked diagnostics reason = pg_exception_detail;
                            kept := pg_catalog.array_append(kept, one);
                        end;
                    end loop;
                    if pg_catalog.cardinality(kept) = pg_catalog.cardinality(gone) then
                        raise exception 's3cache: this version has no % any more, and something still uses it',
                            pg_catalog.array_to_string(kept, ', ')
                            using errcode = 'dependent_objects_still_exist', detail = reason,
                                hint = 'Drop or change what depends on it, then upgrade again.';
                    end if;
                    gone := kept;
                end loop;

                delete from s3cache.code_object c where c.identity <> all (present);
                insert into s3cache.code_object (identity)
                select p.identity from pg_catalog.unnest(present) as p (identity)
                on conflict (identity) do nothing;
            end
            \(quote);

            """
    }
}
