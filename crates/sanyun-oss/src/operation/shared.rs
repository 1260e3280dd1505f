//! Structures that several operations share.

structures! {
    PublicAccessBlockConfiguration "PublicAccessBlockConfiguration" {
        block_public_access: flag "BlockPublicAccess",
    }

    Owner "Owner" {
        id: text "ID",
        display_name: text "DisplayName",
    }

    Tag "Tag" {
        key: text "Key",
        value: text "Value",
    }

    Tagging "Tagging" {
        tag_set: one(TagSet) "TagSet",
    }

    TagSet "TagSet" {
        tags: many(Tag) "Tag",
    }
}
