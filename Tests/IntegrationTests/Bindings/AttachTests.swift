import Adapters
import Core
import Postgres
import TestSupport
import Testing
import Worker

/// URLs of what is uploaded through a binding, in rows of users' own tables.
@Suite(.timeLimit(.minutes(15))) struct AttachTests {
    private func attach(_ rig: Rig, _ row: String) async throws -> Int64 {
        try await rig.session.connection.query(
            "select s3cache.attach('posts', $1, content => $2)", [.string(row), .bytes(MediaTable.image(1))]
        ).only[0]
    }

    private func makePosts(_ rig: Rig) async throws {
        try await rig.session.connection.execute(
            """
            create table posts (id bigint primary key, title text, featured_image_url text);
            insert into posts values (1, 'one'), (2, 'two');
            select s3cache.configure(bucket => 'glad-labs-images', cdn_url => 'd123abc.cloudfront.net');
            select s3cache.bind('posts', key => 'generated/{unix}-{uuid}.png', url_column => 'featured_image_url')
            """)
    }

    @Test func theURLIsInTheRowWhenTheJobIsDone() async throws {
        try await Rig.use { rig in
            try await makePosts(rig)
            let store = MemoryStore()
            let id = try await attach(rig, "2")
            let job = try await rig.claim(.upload)
            #expect(
                try await rig.session.number("select count(*) from posts where featured_image_url is not null") == 0)
            try await rig.run(job, store)
            #expect(try await rig.session.status(of: id).state == "done")
            let object = try #require(try await store.list(ListingRequest()).objects.first)
            #expect(
                try await rig.session.texts(
                    "select id || title || coalesce(featured_image_url, '-') from posts order by id")
                    == ["1one-", "2twohttps://d123abc.cloudfront.net/\(object.key.string)"])
        }
    }

    /// Job and row are written together or not at all; what is in the bucket has its row in the cache all the same.
    @Test func aRowThatRefusesTheURLFailsTheJob() async throws {
        try await Rig.use { rig in
            try await makePosts(rig)
            try await rig.session.run("alter table posts add check (featured_image_url not like '%cloudfront%')")
            let id = try await attach(rig, "2")
            let store = MemoryStore()
            try await rig.run(try await rig.claim(.upload), store)
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.code == "binding_unusable", "\(status)")
            #expect(
                try await rig.session.number("select count(*) from posts where featured_image_url is not null") == 0)
            // As after every upload that failed, workers ask for what it left.
            #expect(try await rig.session.number("select count(*) from s3_image_cache where sha256 is not null") == 1)
            try await rig.verifyAll(store)
            #expect(try await rig.session.present() == store.expectedRows())
        }
    }

    /// It stands back, and comes again.
    @Test func aRowThatAUserHoldsIsWrittenAfterwards() async throws {
        try await Rig.use { rig in
            try await makePosts(rig)
            let user = try await rig.newSession()
            try await user.run("begin")
            try await user.run("update posts set title = 'mine' where id = 2")
            let id = try await attach(rig, "2")
            try await rig.withWorker(MemoryStore()) {
                try await waitUntil("the job waits for the row") {
                    try await rig.session.number(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%write_back%'"
                    ) > 0
                }
                try await user.run("commit")
                #expect(try await rig.session.wait(for: id).state == "done")
            }
            #expect(
                try await rig.session.number(
                    "select count(*) from posts where title = 'mine' and featured_image_url is not null") == 1)
        }
    }
}
