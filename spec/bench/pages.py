"""pages.py COUNT: serve COUNT people in pages of 1,000, about 640 bytes each, until standard input
ends. Print the address."""
import http.server
import sys
import threading
import urllib.parse

COUNT, SIZE = int(sys.argv[1]), 1000
PERSON = (
    '{"admin":false,"avatar_url":"https://assets.example.test/avatars/%032x.png","can_edit_email":true,'
    '"email":"person.%d@example.test","groups":[{"group_id":1,"name":"Group 1"}],"id":%d,'
    '"inactive":false,"invitation_id":null,"joined":true,"name":"Person %d","owner":false,'
    '"2fa_enabled":true,"user_id":%d,"workspaces":[{"admin":false,"inactive":false,"name":"Workspace'
    ' 1","role":"user","role_id":3,"workspace_id":1001,"workspace_user_id":%d},{"admin":false,'
    '"inactive":false,"name":"Workspace 2","role":"user","role_id":3,"workspace_id":1002,'
    '"workspace_user_id":%d}]}'
)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = urllib.parse.urlparse(self.path)
        text, headers = '{"id":7,"name":"Acme"}', {}
        if path.path.endswith("/users"):
            page = int(urllib.parse.parse_qs(path.query).get("page", ["1"])[0])
            first, last = (page - 1) * SIZE + 1, min(page * SIZE, COUNT)
            text = "[%s]" % ",".join(
                PERSON % (i, i, i, i, 9000000 + i, 2 * i, 2 * i + 1) for i in range(first, last + 1)
            )
            headers = {
                "X-Page": page,
                "X-Page-Size": SIZE,
                "X-Pages": (COUNT + SIZE - 1) // SIZE,
                "X-Records": COUNT,
            }
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("http://127.0.0.1:%d/api/v9" % server.server_address[1], flush=True)
sys.stdin.read()
