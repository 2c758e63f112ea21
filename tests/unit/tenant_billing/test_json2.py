"""Calls and answers of JSON-2 (blueprints.md 2; D-01, D-02, D-07)."""

import json

import pytest
from cp.tenant_billing.engine.json2 import (
    CallError,
    Fatal,
    Ok,
    Retryable,
    Unknown,
    build_call,
    check_load,
    classify,
)

JSON = "application/json; charset=utf-8"


def error(message="", name="odoo.exceptions.UserError"):
    body = {"name": name, "message": message, "arguments": [message], "context": {},
            "debug": "Traceback: secret line"}  # fmt: skip
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("res.partner", "write", (), {"vals": {}}), "ids_empty"),
        (("res.partner", "unlink"), "ids_empty"),
        (("ir.module.module", "button_immediate_install"), "ids_empty"),
        (("res.partner", "write", [0], {"vals": {}}), "ids_not_integers"),
        (("res.partner", "write", [True], {"vals": {}}), "ids_not_integers"),
        (("res.partner", "write", ["1"], {"vals": {}}), "ids_not_integers"),
        (("res.partner", "create", [1], {"vals_list": {}}), "ids_not_allowed"),
        (("res.partner", "search_read", (), [1]), "body_not_object"),
        (("res.partner", "search_read", (), {"domain": []}), "fields_missing"),
        (("res.partner", "read", [1], {"fields": []}), "fields_missing"),
        (("res.partner", "write", [1], {"ids": [2]}), "params_reserved"),
        (("res.partner", "write", [1], {}, ["lang"]), "context_not_object"),
        (("res.partner", "_write", [1], {}), "method_name"),
        (("res.partner", "write/../x", [1], {}), "method_name"),
        (("res.partner/x", "write", [1], {}), "model_name"),
        (("", "write", [1], {}), "model_name"),
    ],
)
def test_calls_that_the_server_would_accept_in_silence_are_refused(args, code):
    """D-02: nothing leaves that would answer 200 and do nothing, or everything."""
    with pytest.raises(CallError) as caught:
        build_call(*args)
    assert caught.value.code == code


def test_a_call_is_one_json_object():
    """D-02: parameters by name, ids and context beside them."""
    call = build_call("res.partner", "write", [3], {"vals": {"name": "x"}}, {"lang": "en_US"})
    assert call.path == "/json/2/res.partner/write"
    assert json.loads(call.payload()) == {
        "vals": {"name": "x"}, "ids": [3], "context": {"lang": "en_US"},
    }  # fmt: skip
    assert call.idempotent and not build_call("a", "create", (), {"vals_list": []}).idempotent
    with pytest.raises(CallError):
        build_call("a", "create", (), {"vals_list": {object()}}).payload()
    with pytest.raises(CallError):
        build_call("a", "create", (), {"vals_list": {"x": float("nan")}}).payload()


@pytest.mark.parametrize(
    ("status", "content_type", "body", "expected"),
    [
        (200, JSON, b"[1]", Ok([1])),
        (200, JSON, b"null", Ok(None)),
        (200, "text/html", b"<html>", Fatal("answer_not_json", "", 200)),
        (200, JSON, b"<html>", Fatal("answer_not_json", "", 200)),
        (200, None, b"1", Fatal("answer_not_json", "", 200)),
        (302, "text/html", b"", Fatal("redirect_refused", "", 302)),
        (401, JSON, error("no", "x"), Fatal("key_refused", "no", 401, "x")),
        (403, JSON, error("no", "x"), Fatal("access_denied", "no", 403, "x")),
        (404, JSON, error("no", "x"), Fatal("not_found", "no", 404, "x")),
        (404, "text/html", b"<h1>", Fatal("database_unknown", "", 404)),
        (409, JSON, error("lock"), Retryable("locked", "lock", 409)),
        (413, "text/html", b"", Fatal("body_too_large", "", 413)),
        (415, "text/html", b"", Fatal("bad_request", "", 415)),
        (422, JSON, error("bad", "x"), Fatal("refused", "bad", 422, "x")),
        (422, JSON, error("please try again later"),
         Retryable("busy", "please try again later", 422)),
        (429, "text/html", b"", Retryable("too_many_requests", "", 429)),
        (500, JSON, error("Invalid field 'x'", "ValueError"),
         Fatal("server_error", "Invalid field 'x'", 500, "ValueError")),
        (500, JSON, error("could not serialize access"),
         Retryable("conflict", "could not serialize access", 500)),
        (503, "text/html", b"", Retryable("unavailable", "", 503)),
        (201, JSON, b"1", Fatal("unexpected_status", "", 201)),
    ],
)  # fmt: skip
def test_answers(status, content_type, body, expected):
    """D-01, D-02: status, content type and body decide together."""
    assert classify(status, content_type, body) == expected


def test_a_gateway_answer_is_unknown_for_what_must_not_be_repeated():
    """D-02: a create behind a gateway that gave up may be done."""
    assert classify(504, "text/html", b"") == Retryable("gateway_timeout", "", 504)
    assert classify(504, "text/html", b"", idempotent=False) == Unknown("gateway_timeout", "", 504)
    assert classify(502, "text/html", b"", False).kind == "unknown"
    assert classify(503, "text/html", b"", False).kind == "retryable"


def test_no_traceback_is_kept():
    """D-07: ``debug`` is never part of a result, and messages are short."""
    result = classify(500, JSON, error("m" * 9000))
    assert "Traceback" not in repr(result) and "secret" not in repr(result)
    assert len(result.message) == 500
    assert classify(422, JSON, b'["x"]') == Fatal("refused", "", 422)


def test_load_answers_200_when_it_failed():
    """D-03: ``ids: false`` is an error; only a conflict may be repeated."""
    assert check_load({"ids": [4], "messages": []}) == Ok([4])
    bad = {"ids": False, "messages": [{"message": "No matching record"}]}
    assert check_load(bad) == Fatal("load_rejected", "No matching record", 200)
    conflict = {"ids": False, "messages": [{"message": "could not serialize access"}]}
    assert check_load(conflict).kind == "retryable"
    assert check_load(None).kind == "fatal"
