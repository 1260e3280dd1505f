//! Styles for images.

operations! {
    PutStyle: Put bucket
        query ["style" = ""] type "application/xml" flags [md5] signs ["style", "styleName"]
        needs { style_name: query text "styleName", }
        takes { category: query text "category", }
        xml may style: StyleContent "Style"
    -> none;

    ListStyle: Get bucket
        query ["style" = ""] type "application/xml" flags [md5] signs ["style"]
    -> ListStyleResult
        root "StyleList" { style_list: one(StyleList) ".", }
    ;

    GetStyle: Get bucket
        query ["style" = ""] type "application/xml" flags [md5] signs ["style", "styleName"]
        needs { style_name: query text "styleName", }
    -> GetStyleResult
        root "Style" { style: one(StyleInfo) ".", }
    ;

    DeleteStyle: Delete bucket
        query ["style" = ""] type "application/xml" flags [md5] signs ["style", "styleName"]
        needs { style_name: query text "styleName", }
    -> none;
}

structures! {
    StyleContent "Style" {
        content: text "Content",
    }

    StyleList "StyleList" {
        styles: many(StyleInfo) "Style",
    }

    StyleInfo "StyleInfo" {
        name: text "Name",
        content: text "Content",
        create_time: text "CreateTime",
        last_modify_time: text "LastModifyTime",
        category: text "Category",
    }
}
