"""A stand-in for APNs that is not ours: HTTP/2 by h2, provider tokens judged by pyca/cryptography.

token-apns.py PORT CERTIFICATE KEY PUBLIC-KEY KEY-ID TEAM-ID TOPIC
"""

import base64
import json
import socket
import ssl
import sys
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived, StreamEnded

port, certificate, key, public_key, key_id, team_id, topic = sys.argv[1:]
with open(public_key, "rb") as file:
    verifier = serialization.load_pem_public_key(file.read())


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def judged(headers):
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme != "bearer" or not token:
        return 403, "MissingProviderToken"
    header, claims, signature = token.split(".")
    raw = decoded(signature)
    if len(raw) != 64:
        return 403, "InvalidProviderToken"
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    try:
        verifier.verify(
            utils.encode_dss_signature(r, s), f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature:
        return 403, "InvalidProviderToken"
    named, said = json.loads(decoded(header)), json.loads(decoded(claims))
    if (named["alg"], named["kid"], said["iss"]) != ("ES256", key_id, team_id):
        return 403, "InvalidProviderToken"
    age = time.time() - said["iat"]
    if age < 0 or age > 3600:
        return 403, "ExpiredProviderToken"
    if headers.get("apns-topic") != topic:
        return 400, "TopicDisallowed"
    if set(headers[":path"].removeprefix("/3/device/")) == {"0"}:
        return 400, "BadDeviceToken"
    return 200, None


def serve(tls):
    connection = H2Connection(config=H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    tls.sendall(connection.data_to_send())
    requests = {}
    while received := tls.recv(65536):
        for event in connection.receive_data(received):
            if isinstance(event, RequestReceived):
                requests[event.stream_id] = dict(event.headers)
            if isinstance(event, StreamEnded):
                status, reason = judged(requests[event.stream_id])
                answer = [(":status", str(status)), ("apns-id", "8A6D3C0E-3F0B-4C57-9B0B-0C1D2E3F4A5B")]
                connection.send_headers(event.stream_id, answer, end_stream=reason is None)
                if reason is not None:
                    connection.send_data(event.stream_id, json.dumps({"reason": reason}).encode(), True)
        tls.sendall(connection.data_to_send())


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
context.set_alpn_protocols(["h2"])
with socket.create_server(("127.0.0.1", int(port))) as listener:
    while True:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as tls:
                serve(tls)
        except OSError:
            pass  # A client that only looks, or ends.
