extension CacheSession {
    /// Keeps, in `public.seen`, everything that jobs report from now on.
    func recordProgress() async throws {
        try await connection.execute(
            """
            create table public.seen (number bigint generated always as identity, done bigint, total bigint);
            create function public.see() returns trigger language plpgsql as $$
            begin
                insert into public.seen (done, total) values (new.done, new.total);
                return null;
            end $$;
            create trigger see after insert or update on s3cache.job_progress for each row execute function public.see();
            grant insert on public.seen to public
            """)
    }

    /// How often less was done than was reported before, or more than there was to do; `first` was reported before all.
    func fallsOfProgress(from first: Int) async throws -> Int {
        try await number(
            """
            select count(*)
            from (select done, total, lag(done, 1, $1::bigint) over (order by number) as before from public.seen) s
            where s.done < s.before or s.total < s.done
            """, String(first))
    }
}
