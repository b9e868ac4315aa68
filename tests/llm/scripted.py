# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that behaves as it is told, on this machine only. The first part of the path says how:
http://127.0.0.1:PORT/reset/v1. What came in is kept in `seen`."""
import http.server
import json
import socket
import socketserver
import struct
import threading
import time


def instance(schema):
    """the smallest thing that a schema of ours allows"""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: instance(part) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [instance(schema["items"])] * schema.get("minItems", 0)
    return {"string": "none", "boolean": False, "null": None}.get(kind, 0)


def schema_of(body):
    """what the answer must be like, however the request says it; every prompt says it in words"""
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema") or body.get("guided_json") or \
        body.get("format")
    if not isinstance(schema, dict):
        text = body["messages"][0]["content"]
        schema = json.loads(text[text.index("JSON schema:\n") + 13:].split("\nData from")[0])
    return schema


def chunk(content=None, reason=None, usage=None):
    choices = [] if usage else [{"index": 0, "finish_reason": reason,
                                 "delta": {"content": content} if content is not None else {}}]
    return {"object": "chat.completion.chunk", "model": "scripted", "choices": choices,
            **({"usage": usage} if usage else {})}


OWNERS = {"ollama": "library", "old-ollama": "library", "no-ollama": "library", "vllm": "vllm"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.behave(None)

    def do_POST(self):
        self.behave(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def behave(self, body):
        how = self.path.split("/")[1]
        request = {"how": how, "path": self.path, "headers": dict(self.headers),
                   "body": json.loads(body) if body else None, "sent": 0, "time": time.monotonic()}
        self.server.seen.append(request)
        self.close_connection = True
        self.request_seen = request
        if self.path.endswith("/models"):
            if how == "silent-models":
                self.do_silence(request)
                return
            self.plain(200, {"object": "list", "data": [{"id": "scripted", "object": "model",
                                                         "owned_by": OWNERS.get(how, "scripted")}]})
            return
        try:
            getattr(self, "do_" + how.replace("-", "_"))(request)
        except (BrokenPipeError, ConnectionResetError):
            request["closed"] = time.monotonic()

    # --- what they are made of
    def plain(self, status, document, kind="application/json", headers=()):
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin(self, kind="text/event-stream"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def raw(self, data):
        self.wfile.write(data)
        self.wfile.flush()
        self.request_seen["sent"] += len(data)

    def event(self, document, end=b"\n\n"):
        self.raw(b"data: " + (document if isinstance(document, bytes) else
                              json.dumps(document).encode()) + end)

    def answer(self, request):
        answers = self.server.answers
        if answers is not None:
            return answers(request["body"])
        return json.dumps(instance(schema_of(request["body"])))

    def prompt_tokens(self):
        body = self.request_seen["body"]
        size = sum(len(message["content"]) for message in body["messages"]) if body else 0
        return 120 if self.server.answers is None and size < 2000 else max(120, size // 4) # long: all read

    def stream(self, text, end=b"\n\n", done=True, usage=True):
        self.begin()
        self.event({"choices": [{"index": 0, "finish_reason": None,
                                 "delta": {"role": "assistant", "content": None}}]}, end)
        self.raw(b": ping" + end)
        for i in range(0, len(text), 7):
            self.event(chunk(text[i:i + 7]), end)
        self.event(chunk(reason="stop"), end)
        if usage:
            self.event(chunk(usage={"prompt_tokens": self.prompt_tokens(), "completion_tokens": 9}), end)
        if done:
            self.event(b"[DONE]", end)

    # --- how it may behave
    def do_good(self, request):
        self.stream(self.answer(request))

    def do_ill_once(self, request):
        """an object without what was asked for, then good ones"""
        self.stream("{}" if len(self.server.asked("ill-once")) == 1 else self.answer(request))

    def do_crlf(self, request):
        self.stream(self.answer(request), end=b"\r\n\r\n", done=False, usage=False)

    def do_whole(self, request):
        self.plain(200, {"model": "scripted", "choices": [
            {"finish_reason": "stop", "message": {"content": self.answer(request)}}]})

    def do_fenced(self, request):
        self.stream("<think>{\"answer\": \"no\"}</think>Sure!\n```json\n" + self.answer(request)
                    + "\n```\nIs {that} all?")

    # --- thoughts and choices
    def do_thinks_on(self, request):
        self.stream("<think>{\"answer\": \"yes\"} perhaps, or")

    def do_thinks_apart(self, request):
        self.begin()
        self.event({"choices": [{"index": 0, "delta": {"reasoning_content": "{\"answer\": \"no\"}"}}]})
        self.event(chunk(self.answer(request)))
        self.event(chunk(reason="stop"))
        self.event(b"[DONE]")

    def do_only_thinks(self, request):
        self.plain(200, {"choices": [{"index": 0, "finish_reason": "length", "message": {
            "content": None, "reasoning_content": self.answer(request)}}]})

    def do_second_first(self, request):
        """another choice before the one that was asked for"""
        self.begin()
        for index, text in (1, "{\"answer\": \"no\"}"), (0, self.answer(request)):
            self.event({"choices": [{"index": index, "finish_reason": None, "delta": {"content": text}}]})
        self.event({"choices": [{"index": 0, "finish_reason": "stop", "delta": {}}]})
        self.event(b"[DONE]")

    def do_second_only(self, request):
        self.plain(200, {"choices": [{"index": 1, "finish_reason": "stop",
                                      "message": {"content": self.answer(request)}}]})

    # --- counts and time
    def do_usage(self, request):
        """what the test has it tell of tokens"""
        self.plain(200, {"choices": [{"finish_reason": "stop", "message": {"content": self.answer(request)}}],
                         "usage": {"prompt_tokens": self.server.usage, "completion_tokens": self.server.usage}})

    def do_slow(self, request):
        time.sleep(self.server.delay)
        self.stream(self.answer(request))

    def do_reset(self, request):
        self.begin()
        self.event(chunk("{\"ans"))
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def do_short(self, request):
        self.begin()
        self.event(chunk("{\"ans"))

    def do_busy_once(self, request):
        if sum(1 for seen in self.server.seen if seen["how"] == "busy-once" and seen["body"]) > 1:
            self.stream(self.answer(request))
        else:
            self.plain(429, {"error": {"message": "slow down"}}, headers=[("Retry-After", "1")])

    def do_busy(self, request):
        self.plain(429, {"error": {"message": "slow down"}}, headers=[("Retry-After", "1")])

    def do_quota(self, request):
        self.plain(429, {"error": {"message": "no money", "code": "insufficient_quota"}})

    def do_500(self, request):
        self.plain(500, {"detail": "it broke"})

    def do_echo_key(self, request):
        """some say what they were sent, key and all"""
        self.plain(401, {"error": {"message": f"not {request['headers'].get('Authorization')}", "code": 401}})

    def do_401(self, request):
        self.plain(401, {"error": {"message": "Invalid API Key", "code": 401}})

    def do_html(self, request):
        self.plain(200, b"<html>portal</html>", "text/html")

    def do_html_502(self, request):
        self.plain(502, b"<html>Bad Gateway</html>", "text/html")

    def do_silence(self, request):
        request["opened"] = time.monotonic()
        self.connection.settimeout(60)
        try:
            while self.connection.recv(1):
                pass
        except OSError:
            pass
        request["closed"] = time.monotonic()

    def do_drip(self, request):
        self.begin()
        while True:
            self.raw(b": ping\n\n")
            time.sleep(0.05)

    def do_endless(self, request):
        self.begin()
        while True:
            self.event(chunk("word " * 40))

    def do_pings(self, request):
        self.begin()
        while True:
            self.raw(b": ping\n\n" * 1000)

    def do_big(self, request):
        self.begin("application/json")
        for _ in range(1024):
            self.raw(b"x" * (1 << 20))

    def do_big_error(self, request):
        self.send_response(500)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        for _ in range(1024):
            self.raw(b"x" * (1 << 20))

    def do_long_line(self, request):
        self.begin()
        self.raw(b"data: ")
        while True:
            self.raw(b"x" * 65536)

    def do_utf8(self, request):
        self.begin()
        self.event(b'{"choices":[{"index":0,"delta":{"content":"\xff\xfe\xc0"},"finish_reason":"stop"}]}')
        self.event(b"[DONE]")

    def do_broken(self, request):
        self.begin()
        self.event(b'{"choices":[{"index":0,"delta":')

    def do_stream_error(self, request):
        self.begin()
        self.event(chunk("{"))
        self.event({"error": {"message": "out of\x1b[31m memory"}})

    def do_redirect(self, request):
        self.send_response(307)
        self.send_header("Location", "/good/v1/chat/completions")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_object_only(self, request):
        if request["body"].get("response_format", {}).get("type") == "json_schema":
            self.plain(400, {"error": {"message": "response_format json_schema is not supported"}})
        else:
            self.stream(self.answer(request))

    # --- as Ollama and vLLM are
    def lines(self, text, context):
        """its own stream: a line for each piece, and the counts in the last"""
        self.begin("application/x-ndjson")
        self.raw(b'{"model": "scripted", "message": {"role": "assistant", "content": "", "thinking": "{}"}, "done": false}\n')
        for i in range(0, len(text), 7):
            self.raw(json.dumps({"model": "scripted", "message": {"role": "assistant", "content": text[i:i + 7]},
                                 "done": False}).encode() + b"\n")
        self.raw(json.dumps({"model": "scripted", "message": {"role": "assistant", "content": ""}, "done": True,
                             "done_reason": "stop", "prompt_eval_count": min(self.prompt_tokens(), context),
                             "eval_count": 9}).encode() + b"\n")

    def do_ollama(self, request):
        """cuts a prompt and says nothing, where it is not told how long it may be"""
        body = request["body"]
        if request["path"].endswith("/api/chat"):
            self.lines(self.answer(request), body["options"]["num_ctx"])
        else:
            self.plain(200, {"system_fingerprint": "fp_ollama", "usage": {"prompt_tokens": 30, "completion_tokens": 9},
                             "choices": [{"finish_reason": "stop", "message": {"content": self.answer(request)}}]})

    def do_old_ollama(self, request):
        """from before it knew schemas"""
        if isinstance(request["body"].get("format"), dict):
            self.plain(400, {"error": "json: cannot unmarshal object into Go struct field ChatRequest.format of type "
                                      "string"})
        else:
            self.do_ollama(request)

    def do_no_ollama(self, request):
        """says that it is one, and has no address of its own"""
        if request["path"].endswith("/api/chat"):
            self.plain(404, b"404 page not found", "text/plain")
        else:
            self.stream(self.answer(request))

    def do_vllm(self, request):
        """one of before: refuses what it does not know, by name"""
        for name in "response_format", "structured_outputs":
            if name in request["body"]:
                self.plain(400, {"object": "error", "type": "BadRequestError", "param": None, "code": 400, "message":
                                 f"[{{'type': 'extra_forbidden', 'loc': ('body', '{name}'), 'msg': 'not permitted'}}]"})
                return
        self.stream(self.answer(request))

    def do_text_only(self, request):
        if "response_format" in request["body"]:
            self.plain(422, {"detail": [{"msg": "unknown field response_format"}]})
        elif "stream_options" in request["body"]:
            self.plain(400, {"error": "unknown field stream_options"})
        elif "max_tokens" in request["body"]:
            self.plain(400, {"error": {"message": "use max_completion_tokens instead"}})
        else:
            self.stream(self.answer(request))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, path=None):
        """on a port of its own, or on a socket with a path"""
        self.path = path
        if path:
            self.address_family = socket.AF_UNIX
        super().__init__(path or ("127.0.0.1", 0), Handler)
        self.seen = []
        self.answers = None
        self.usage, self.delay = None, 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def server_bind(self):
        if self.path is None:
            super().server_bind()
            return
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", 0

    def handle_error(self, request, client_address):
        pass

    def url(self, how):
        return f"http://127.0.0.1:{self.server_address[1]}/{how}/v1"

    def asked(self, how):
        return [seen for seen in self.seen if seen["how"] == how and seen["body"]]
