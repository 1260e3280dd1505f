//! Queries inside an object.

operations! {
    SelectObject: Post object
        type "application/xml" flags [md5, idempotent]
        needs { process: query text "x-oss-process", }
        xml must select_request: SelectRequest "SelectRequest"
    -> rows;

    CreateSelectObjectMeta: Post object
        type "application/xml" flags [md5, idempotent]
        needs { process: query text "x-oss-process", }
        xml must select_meta_request: SelectMetaRequest "CsvMetaRequest"
    -> counts;
}

structures! {
    SelectRequest "SelectRequest" {
        options: one(SelectRequestOptions) "Options",
        expression: text "Expression",
        input_serialization: one(InputSerialization) "InputSerialization",
        output_serialization: one(OutputSerialization) "OutputSerialization",
    }

    SelectRequestOptions "Options" {
        skip_partial_data_record: flag "SkipPartialDataRecord",
        max_skipped_records_allowed: int "MaxSkippedRecordsAllowed",
    }

    InputSerialization "InputSerialization" {
        compression_type: text "CompressionType",
        csv: one(CSVInput) "CSV",
        json: one(JSONInput) "JSON",
    }

    CSVInput "CSV" {
        record_delimiter: text "RecordDelimiter",
        field_delimiter: text "FieldDelimiter",
        quote_character: text "QuoteCharacter",
        comment_character: text "CommentCharacter",
        range: text "Range",
        allow_quoted_record_delimiter: flag "AllowQuotedRecordDelimiter",
        file_header_info: text "FileHeaderInfo",
    }

    JSONInput "JSON" {
        parse_json_number_as_string: flag "ParseJsonNumberAsString",
        r#type: text "Type",
        range: text "Range",
    }

    OutputSerialization "OutputSerialization" {
        keep_all_columns: flag "KeepAllColumns",
        output_header: flag "OutputHeader",
        output_raw_data: flag "OutputRawData",
        enable_payload_crc: flag "EnablePayloadCrc",
        csv: one(CSVOutput) "CSV",
        json: one(JSONOutput) "JSON",
    }

    CSVOutput "CSV" {
        record_delimiter: text "RecordDelimiter",
        field_delimiter: text "FieldDelimiter",
        quote_character: text "QuoteCharacter",
    }

    JSONOutput "JSON" {
        record_delimiter: text "RecordDelimiter",
    }

    SelectMetaRequest "CsvMetaRequest" {
        input_serialization: one(InputSerialization) "InputSerialization",
        overwrite_if_exists: flag "OverwriteIfExists",
    }
}
