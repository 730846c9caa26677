import TestSupport

@testable import S3

/// Answers of the services that give credentials.
enum CredentialReply {
    static func http(_ status: Int, _ body: String) -> String {
        "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// JSON as containers and instances print it.
    static func json(_ expiration: String, id: String = "ASIAJSON", tokenName: String = "Token") -> String {
        """
        {"Code": "Success", "Version": 1, "Type": "AWS-HMAC", "AccessKeyId": "\(id)", "SecretAccessKey": "\
        \(CredentialScene.secret)", "\(tokenName)": "\(CredentialScene.token)", "Expiration": "\(expiration)"}
        """
    }

    /// XML as the token service prints it.
    static func xml(_ action: String, _ expiration: String, id: String = "ASIAXML") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <\(action)Result>
            <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>
            <Credentials>
              <AccessKeyId>\(id)</AccessKeyId>
              <SecretAccessKey>\(CredentialScene.secret)</SecretAccessKey>
              <SessionToken>\(CredentialScene.token)</SessionToken>
              <Expiration>\(expiration)</Expiration>
            </Credentials>
          </\(action)Result>
          <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
        </\(action)Response>
        """
    }

    static func xmlError(_ code: String) -> String {
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>\(code)</Code>"
            + "<Message>\(CredentialScene.secret) is wrong</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    }
}
