"""What boto3 sees of a bucket as a whole, to check what s3cache did to it; each call prints, and fails where it must not be.

s3bucket.py ENDPOINT BUCKET COMMAND [ARGUMENT…], with the credentials of the environment.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

RULES = [
    {"ID": "theirs", "Filter": {"Prefix": "tmp/"}, "Status": "Enabled", "Expiration": {"Days": 3}},
    {"ID": "tagged", "Filter": {"And": {"Prefix": "t/", "Tags": [{"Key": "a", "Value": "b"}]}}, "Status": "Disabled",
     "Expiration": {"Days": 30}},
    {"ID": "versions", "Filter": {"Prefix": "v/"}, "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 9}},
]
CORS = [{"ID": "theirs", "AllowedOrigins": ["https://other.example"], "AllowedMethods": ["DELETE"], "MaxAgeSeconds": 7}]


def policy(bucket):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "theirs", "Effect": "Deny", "Principal": "*", "Action": ["s3:GetObjectTagging"],
                       "Resource": f"arn:aws:s3:::{bucket}/x*", "Condition": {"StringNotEquals": {"aws:UserAgent": "u"}}}],
    }


def without_form(rule):
    """A server may give a filter back in another form."""
    rule = dict(rule)
    place = rule.pop("Filter", None) or {"Prefix": rule.pop("Prefix", "")}
    inner = place.get("And", place)
    tags = inner.get("Tags") or ([inner["Tag"]] if "Tag" in inner else [])
    return json.dumps([rule, inner.get("Prefix", ""), tags], sort_keys=True)


def main():
    endpoint, bucket, command, *arguments = sys.argv[1:]
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1",
                      config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}))
    if command == "create":
        s3.create_bucket(Bucket=bucket)
    elif command == "exists":
        s3.head_bucket(Bucket=bucket)
    elif command == "absent":
        try:
            s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            sys.exit(error.response["ResponseMetadata"]["HTTPStatusCode"] != 404)
        sys.exit("it exists")
    elif command == "remove":
        for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
            s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        versions = s3.list_object_versions(Bucket=bucket)
        for version in versions.get("Versions", []) + versions.get("DeleteMarkers", []):
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=bucket)
    elif command == "empty":
        assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    elif command == "theirs":
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": RULES})
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": CORS})
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(bucket)))
    elif command == "kept":
        rules = {without_form(rule) for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
        assert {without_form(rule) for rule in RULES} <= rules, rules
        cors = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
        assert CORS[0] in cors, cors
        statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        assert policy(bucket)["Statement"][0] in statements, statements
    elif command == "everything":
        print(json.dumps({
            "rules": sorted(without_form(rule) for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]),
            "cors": s3.get_bucket_cors(Bucket=bucket)["CORSRules"],
            "policy": json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]),
            "versioning": s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        }, sort_keys=True, indent=1))
    elif command == "rule":
        name, prefix, action, expected = arguments
        for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]:
            if rule["ID"] == name:
                assert rule["Status"] == "Enabled" and json.loads(without_form(rule))[1] == prefix, rule
                assert rule[action] == json.loads(expected), rule
                return
        sys.exit(f"there is no rule {name}")
    elif command == "versioning":
        status = s3.get_bucket_versioning(Bucket=bucket).get("Status", "never")
        assert status == arguments[0], status
    elif command == "origins":
        ours = [rule for rule in s3.get_bucket_cors(Bucket=bucket)["CORSRules"] if rule.get("ID") == "s3cache-upload"]
        assert len(ours) == 1 and set(ours[0]["AllowedOrigins"]) == set(arguments), ours
        assert set(ours[0]["AllowedMethods"]) == {"GET", "HEAD", "PUT", "POST"} and ours[0]["AllowedHeaders"] == ["*"], ours
    elif command == "put":
        s3.put_object(Bucket=bucket, Key=arguments[0], Body=b"x")
    elif command == "delete":
        s3.delete_object(Bucket=bucket, Key=arguments[0])
    elif command == "get":
        assert s3.get_object(Bucket=bucket, Key=arguments[0])["Body"].read() == b"x"
    elif command == "blocked":
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    elif command == "unblock":
        s3.delete_public_access_block(Bucket=bucket)
    elif command == "acl":
        s3.put_bucket_acl(Bucket=bucket, ACL=arguments[0])
    elif command == "upload":
        s3.create_multipart_upload(Bucket=bucket, Key=arguments[0])
    else:
        sys.exit(f"{command} is no command")


main()
