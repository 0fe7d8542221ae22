"""A mail server with faults, for tests/tests/post.rs: what happens to a letter hangs on whom it is for.

Prints its port, then one line of JSON for each letter that it took.
"""
import asyncio
import json
import sys

from aiosmtpd.controller import Controller

tries = {}


class Faulty:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        tries[name] = tries.get(name, 0) + 1
        if name == "nobody":
            return "550 5.1.1 No such user"
        if name == "busy" and tries[name] <= 2:
            return "451 4.7.1 Try later"
        if name == "slow":
            await asyncio.sleep(6)
        if name == "cut" and tries[name] == 1:
            server.transport.close()
            return "421 4.3.0 Gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        text = envelope.content.decode(errors="replace")
        message_id = next((line for line in text.splitlines() if line.lower().startswith("message-id")), "")
        if name == "forgetful" and tries[name] == 1:
            # Took the letter and was gone before it said so: the sender cannot know.
            print(json.dumps({"to": name, "id": message_id}), flush=True)
            server.transport.close()
            return "421 4.3.0 Gone"
        print(json.dumps({"to": name, "id": message_id}), flush=True)
        return "250 OK"


server = Controller(Faulty(), hostname="127.0.0.1", port=int(sys.argv[1]))
server.start()
print("ready", flush=True)
asyncio.new_event_loop().run_forever()
