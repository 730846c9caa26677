internal import HTTP
internal import SigV4
internal import Synchronization

extension S3Client {
    /// Makes a call and gives its response, with the whole body, to `read`; errors that it throws are retried as others are.
    func send<Result>(
        _ call: S3Call, bodyLimit: Int = ErrorDocument.maximumBytes, read: (HTTPResponse) throws -> Result
    ) async throws -> Result {
        var attempts = Attempts()
        return try await send(call, bodyLimit: bodyLimit, &attempts, read: read)
    }

    /// The same, counting in `attempts`. Before each request `known` is asked whether there is a result already.
    func send<Result>(
        _ call: S3Call, bodyLimit: Int = ErrorDocument.maximumBytes, _ attempts: inout Attempts,
        known: (Attempts) async throws -> Result? = { _ in nil }, read: (HTTPResponse) throws -> Result
    ) async throws -> Result {
        let result = try await perform(call, &attempts, known: known) { request in
            // A proxy's page may be larger than anything that is expected here; its status is what counts.
            let response = try await exchange(request, call.stream, bodyLimit: max(bodyLimit, 1 << 20))
            guard (200..<300).contains(response.status), ErrorDocument(response.body) == nil else {
                throw failure(call, response.status, response.headers, response.body)
            }
            return try read(response)
        }
        presence.keep(call.bucket, exists: true, now: settings.clock.now)
        return result
    }

    /// Sends a request, with its body from a source where it has one: then it throws what the source throws.
    private func exchange(
        _ request: HTTPRequest, _ stream: StreamedBody?, bodyLimit: Int
    ) async throws -> HTTPResponse {
        guard let stream else { return try await http.send(request, bodyLimit: bodyLimit) }
        let feed = BodyFeed(stream)
        var request = request
        request.body = .source(feed, length: stream.length)
        do {
            return try await send(request, feeding: feed, bodyLimit: bodyLimit)
        } catch {
            guard let error = error as? HTTPError, error.code == .bodySourceFailed else { throw error }
            throw feed.failure ?? error
        }
    }

    private func send(
        _ request: HTTPRequest, feeding feed: BodyFeed, bodyLimit: Int
    ) async throws -> HTTPResponse {
        try await withThrowingTaskGroup(of: HTTPResponse?.self) { [http] group in
            group.addTask { try await http.send(request, bodyLimit: bodyLimit) }
            group.addTask {
                await feed.run()
                return nil
            }
            var response: HTTPResponse?
            while response == nil, let end = try await group.next() { response = end }
            group.cancelAll()
            guard let response else { throw CancellationError() }
            return response
        }
    }

    /// What a response means that is no success.
    func failure(_ call: S3Call, _ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> S3Error {
        ServiceResponse(status: status, headers: headers, body: body)
            .error(call, endpoint: endpoint(of: call.bucket), now: settings.clock.now)
    }

    /// Makes signed requests until `exchange` succeeds with one, or nothing is left to try.
    ///
    /// `exchange` throws `HTTPError` and `S3Error`. `attempts` goes on counting where the caller goes on with the call. What `known`
    /// gives, before any request, is the result.
    func perform<Result>(
        _ call: S3Call, _ attempts: inout Attempts, known: (Attempts) async throws -> Result? = { _ in nil },
        _ exchange: (HTTPRequest) async throws -> Result
    ) async throws -> Result {
        try call.check(at: endpoint)
        while true {
            if let result = try await known(attempts) { return result }
            try await waitForTurn(call, &attempts)
            attempts.count += 1
            let region = region(of: call.bucket)
            let used = try await currentCredentials(call)
            let offset = clockOffset.load(ordering: .relaxed)
            let request = try signed(call, region: region, used, clockOffset: offset)
            requestCount.add(1, ordering: .relaxed)
            let sentAt = settings.clock.uptime
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await exchange(request))
            } catch {
                outcome = .failure(error)
            }
            let error: S3Error
            switch outcome {
            case .success(let result):
                tokens.refund()
                note(nil, of: call, sentAt: sentAt)
                return result
            case .failure(let failure as HTTPError):
                error = S3Error(failure, wording(call))
                if failure.mayHaveReachedServer { attempts.mayHaveSucceeded = true }
            case .failure(let failure as S3Error):
                error = failure
                if failure.code == .serverError || failure.code == .timedOut { attempts.mayHaveSucceeded = true }
            case .failure(let failure): throw failure
            }
            let isThrottled = note(error, of: call, sentAt: sentAt)
            if isThrottled { attempts.throttles += 1 }
            if try await correct(error, call, region: region, used, clockOffset: offset, &attempts) {
                attempts.count -= 1
                correctionCount.add(1, ordering: .relaxed)
            } else {
                try await pause(after: error, attempts, isThrottled: isThrottled)
            }
        }
    }

    /// Waits while the server asks for fewer requests; throws `heldBack` when it has done so for too
    /// long, or `slowDown` where the call has made a request before.
    private func waitForTurn(_ call: S3Call, _ attempts: inout Attempts) async throws {
        while true {
            let turn = settings.throttled.turn(at: place(of: call), now: settings.clock.uptime)
            if turn.wait == .zero { return }
            // Who comes late waits for a second all the same: a short pause is no reason to fail.
            let patience = max(settings.retry.maximumThrottleWait - turn.age, .seconds(1) - attempts.throttleWait)
            guard patience > .zero else {
                settings.observe(.requestHeldBack(operation: call.operation))
                let wording = wording(call)
                throw S3Error(attempts.count == 0 ? .heldBack : .slowDown, wording.heldBack, wording)
            }
            // It may be over sooner: successes end it.
            let step = min(turn.wait, patience, .seconds(1))
            try await settings.clock.sleep(for: step)
            attempts.throttleWait += step
        }
    }

    /// Keeps what an answer, or its lack, says of the server; gives whether that asks for fewer requests.
    @discardableResult
    private func note(_ error: S3Error?, of call: S3Call, sentAt: Duration) -> Bool {
        settings.observe(
            .requestEnded(operation: call.operation, statusClass: error.map { $0.status.map { $0 / 100 } } ?? 2))
        let now = settings.clock.uptime
        let place = place(of: call)
        if let error, error.isThrottle {
            let pause = settings.throttled.throttled(
                place, sentAt: sentAt, at: now, asked: error.retryAfter ?? .zero, random: settings.random(),
                policy: settings.retry)
            settings.observe(.throttled(endpoint: place.endpoint.description, pause: pause))
            return true
        }
        if error?.isUsualAnswer ?? true { settings.throttled.succeeded(place, sentAt: sentAt, at: now) }
        return false
    }

    private func place(of call: S3Call) -> ThrottledEndpoints.Place {
        ThrottledEndpoints.Place(endpoint(of: call.bucket), bucket: call.bucket)
    }

    /// Waits before the next attempt; throws `error` where there shall be none.
    func pause(after error: S3Error, _ attempts: Attempts, isThrottled: Bool = false) async throws {
        let policy = settings.retry
        guard error.isRetryable, attempts.count < policy.maximumAttempts else { throw error }
        let asked = error.retryAfter ?? .zero
        guard asked <= policy.maximumRetryAfter, tokens.take(policy.cost(of: error)) else { throw error }
        retryCount.add(1, ordering: .relaxed)
        settings.observe(.requestRepeated(operation: error.operation))
        // Where the server asks for fewer requests, the next attempt waits with those of all others.
        let backoff = isThrottled ? .zero : policy.backoff(retry: attempts.count, random: settings.random())
        let pause = max(asked, backoff)
        if pause > .zero { try await settings.clock.sleep(for: pause) }
    }

    private func currentCredentials(_ call: S3Call) async throws -> Credentials {
        do {
            return try await credentials.credentials()
        } catch let error as CredentialsError {
            throw S3Error(error, wording(call))
        }
    }

    private func signed(
        _ call: S3Call, region: String, _ credentials: Credentials, clockOffset: Int64
    ) throws(S3Error) -> HTTPRequest {
        do {
            return try signer.request(
                call, region: region, credentials: credentials, at: try signingTime(clockOffset: clockOffset))
        } catch {
            throw S3Error(error, wording(call))
        }
    }
}
