//! How long an object cannot be deleted.

operations! {
    PutObjectRetention: Put object
        query ["retention" = ""] signs ["retention"]
        takes {
            version_id: query text "versionId",
            bypass_governance_retention: header flag "x-oss-bypass-governance-retention",
        }
        xml may retention: Retention "Retention"
    -> none;

    GetObjectRetention: Get object
        query ["retention" = ""] signs ["retention"]
        takes { version_id: query text "versionId", }
    -> GetObjectRetentionResult
        root "Retention" { retention: one(Retention) ".", }
    ;

    PutObjectLegalHold: Put object
        query ["legalHold" = ""] signs ["legalHold"]
        takes { version_id: query text "versionId", }
        xml may legal_hold: LegalHold "LegalHold"
    -> none;

    GetObjectLegalHold: Get object
        query ["legalHold" = ""] signs ["legalHold"]
        takes { version_id: query text "versionId", }
    -> GetObjectLegalHoldResult
        root "LegalHold" { legal_hold: one(LegalHold) ".", }
    ;
}

structures! {
    Retention "Retention" {
        mode: text "Mode",
        retain_until_date: text "RetainUntilDate",
    }

    LegalHold "LegalHold" {
        status: text "Status",
    }
}
