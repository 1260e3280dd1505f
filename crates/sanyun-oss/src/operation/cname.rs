//! Domains of one's own.

operations! {
    PutCname: Post bucket
        query ["cname" = "", "comp" = "add"] type "application/xml" flags [md5] signs ["cname", "comp"]
        xml may bucket_cname_configuration: BucketCnameConfiguration "BucketCnameConfiguration"
    -> none;

    ListCname: Get bucket
        query ["cname" = ""] type "application/xml" flags [md5] signs ["cname"]
    -> ListCnameResult
        root "" {
            cnames: many(CnameInfo) "Cname",
            bucket: text "Bucket",
            owner: text "Owner",
        }
    ;

    DeleteCname: Post bucket
        query ["cname" = "", "comp" = "delete"] type "application/xml" flags [md5, idempotent]
        signs ["cname", "comp"]
        xml may bucket_cname_configuration: BucketCnameConfiguration "BucketCnameConfiguration"
    -> none;

    GetCnameToken: Get bucket
        query ["comp" = "token"] type "application/xml" flags [md5] signs ["comp", "cname"]
        needs { cname: query text "cname", }
        takes { wildcard: query flag "wildcard", }
    -> GetCnameTokenResult
        root "CnameToken" { cname_token: one(CnameToken) ".", }
    ;

    CreateCnameToken: Post bucket
        query ["cname" = "", "comp" = "token"] type "application/xml" flags [md5] signs ["cname", "comp"]
        xml may bucket_cname_configuration: BucketCnameConfiguration "BucketCnameConfiguration"
    -> CreateCnameTokenResult
        root "CnameToken" { cname_token: one(CnameToken) ".", }
    ;
}

structures! {
    BucketCnameConfiguration "BucketCnameConfiguration" {
        cname: one(Cname) "Cname",
    }

    Cname "Cname" {
        domain: text "Domain",
        certificate_configuration: one(CertificateConfiguration) "CertificateConfiguration",
        is_wild_card: flag "IsWildCard",
    }

    CertificateConfiguration "CertificateConfiguration" {
        certificate: text "Certificate",
        private_key: secret "PrivateKey",
        previous_cert_id: text "PreviousCertId",
        force: flag "Force",
        delete_certificate: flag "DeleteCertificate",
        cert_id: text "CertId",
    }

    CnameInfo "CnameInfo" {
        domain: text "Domain",
        last_modified: text "LastModified",
        status: text "Status",
        certificate: one(CnameCertificate) "Certificate",
        is_wild_card: flag "IsWildCard",
    }

    CnameCertificate "CnameCertificate" {
        fingerprint: text "Fingerprint",
        valid_start_date: text "ValidStartDate",
        valid_end_date: text "ValidEndDate",
        r#type: text "Type",
        cert_id: text "CertId",
        status: text "Status",
        creation_date: text "CreationDate",
    }

    CnameToken "CnameToken" {
        cname: text "Cname",
        token: text "Token",
        expire_time: text "ExpireTime",
        bucket: text "Bucket",
    }
}
