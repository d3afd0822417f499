"""One push of stdin to the stand-in for APNs, by a client of Python with the TLS context that it has by default.

apns-client.py httpx|h2 URL TOPIC APNS-ID CERTIFICATE; ca.pem is the one authority that is trusted.
"""

import json
import socket
import ssl
import sys
from urllib.parse import urlsplit

mode, url, topic, apns_id, certificate = sys.argv[1:]
body = sys.stdin.buffer.read()
context = ssl.create_default_context(cafile="ca.pem")
# What Python has by default since 3.13.
context.verify_flags |= ssl.VERIFY_X509_STRICT
context.load_cert_chain(certificate)


def with_httpx():
    import httpx

    with httpx.Client(http2=True, http1=False, verify=context, trust_env=False) as client:
        answer = client.post(url, content=body, headers={"apns-topic": topic, "apns-id": apns_id})
        return answer.status_code, answer.headers.get("apns-id"), answer.text


def with_h2():
    from h2.connection import H2Connection
    from h2.events import DataReceived, ResponseReceived, StreamEnded

    address = urlsplit(url)
    plain = socket.create_connection((address.hostname, address.port))
    with context.wrap_socket(plain, server_hostname=address.hostname) as tls:
        connection = H2Connection()
        connection.initiate_connection()
        stream = connection.get_next_available_stream_id()
        connection.send_headers(
            stream,
            [
                (":method", "POST"),
                (":scheme", "https"),
                (":authority", address.netloc),
                (":path", address.path),
                ("apns-topic", topic),
                ("apns-id", apns_id),
            ],
        )
        connection.send_data(stream, body, end_stream=True)
        tls.sendall(connection.data_to_send())
        headers, text = {}, b""
        while received := tls.recv(65536):
            for event in connection.receive_data(received):
                if isinstance(event, ResponseReceived):
                    headers = {bytes(name): bytes(value).decode() for name, value in event.headers}
                if isinstance(event, DataReceived):
                    text += event.data
                if isinstance(event, StreamEnded):
                    return int(headers[b":status"]), headers.get(b"apns-id"), text.decode()
        raise ConnectionError("the connection ended without an answer")


status, answered_id, text = with_httpx() if mode == "httpx" else with_h2()
print(json.dumps({"status": status, "id": answered_id, "body": text}))
