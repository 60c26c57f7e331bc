"""Run by scripts/dev/clients in its two environments. As a plugin of pytest (-p clients) it redirects
toggl-api-wrapper, whose address is fixed, to the sandbox, and shortens its pauses for the real service."""

import asyncio
import inspect
import os
import re
import sys

URL = os.environ["TOGGL_API_URL"].rstrip("/")
TOKEN = os.environ["TOGGL_API_TOKEN"]


def patch():
    """Replace functions before the tests import them."""
    import time

    import httpx
    from toggl_api.asyncio import _async_endpoint
    from toggl_api.meta import _base_endpoint
    from toggl_api.utility import _cleanup

    _base_endpoint.TogglEndpoint.BASE_ENDPOINT = URL + "/"
    _async_endpoint.TogglAsyncEndpoint.BASE_ENDPOINT = httpx.URL(URL + "/")
    _cleanup.cleanup = lambda *_, **__: None
    # the name that its tests expect
    address = f"{URL}/organizations/{os.environ['TOGGL_ORGANIZATION_ID']}"
    httpx.put(address, json={"name": "Do-Not-Delete"}, auth=(TOKEN, "api_token")).raise_for_status()
    sleep, asleep = time.sleep, asyncio.sleep
    time.sleep = lambda seconds: sleep(min(seconds, 0.05))
    asyncio.sleep = lambda seconds, *rest: asleep(min(seconds, 0.05), *rest)


def endpoint(guide):
    """Check that the guide's table has the methods and parameters of OrganizationEndpoint."""
    from toggl_api import OrganizationEndpoint

    have, method = set(), None
    for line in open(guide, encoding="utf-8"):
        row = re.match(r"\| (\*\*)?`(\w+)", line)
        if not row:
            continue
        if row[1]:
            method = row[2]
            have.update(re.findall(r"`(\w+)\(", line.split(" | ")[0]))
        have.add(f"{method}.{row[2]}")
    missing = []
    for name, value in inspect.getmembers(OrganizationEndpoint, callable):
        if name.startswith("_") and name != "__init__" or name == "MODEL":
            continue
        method = "OrganizationEndpoint" if name == "__init__" else name
        if method not in have:
            missing.append(method)
        for parameter in inspect.signature(value).parameters:
            rowless = method in ("load_cache", "save_cache", "process_models")
            if parameter != "self" and not rowless and f"{method}.{parameter}" not in have:
                missing.append(f"{method}.{parameter}")
    return missing


def toggl_python():
    """Read the user and the list of workspaces by toggl-python."""
    from toggl_python.auth import TokenAuth
    from toggl_python.entities.user import CurrentUser
    from toggl_python.entities.workspace import Workspace

    auth = TokenAuth(TOKEN)
    user = CurrentUser(auth=auth, base_url=URL)
    names = [w.name for w in Workspace(auth=auth, base_url=URL).list()]
    assert user.logged() is True, "logged"
    assert user.me().email.startswith("olive@"), "me"
    assert "Main" in names, names


def lib_toggl():
    """Read the same by lib-toggl."""
    from lib_toggl import client

    client.ACCOUNT_ENDPOINT, client.WORKSPACE_ENDPOINT = URL + "/me", URL + "/workspaces"

    async def read():
        async with client.Toggl(TOKEN) as toggl:
            return await toggl.get_workspaces()

    assert "Main" in str(asyncio.run(read()))


if __name__ == "clients":
    patch()
elif __name__ == "__main__":
    if sys.argv[1] == "endpoint":
        found = endpoint(sys.argv[2])
        sys.exit(f"not in {sys.argv[2]}: {', '.join(found)}" if found else 0)
    {"toggl_python": toggl_python, "lib_toggl": lib_toggl}[sys.argv[1]]()
