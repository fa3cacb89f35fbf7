"""Tokens that rotate, a spent one sent again as after a lost answer, and a second device that signs out."""

from __future__ import annotations

from tests.soak.people.person import Person


async def sign_in(person: Person) -> None:
    """Sign in by email."""
    person.doing = "sign-in"
    person.took((await person.ask("POST", "/api/auth/local", json={"email": person.email})).body)


async def refresh(person: Person) -> None:
    """A new pair; asking again at once with the spent token gets the same one."""
    person.doing = "refreshes"
    spent = {"refresh_token": person.refresh_token}
    tokens = (await person.ask("POST", "/api/auth/refresh", json=spent)).body
    if person.chance.random() < 0.3:
        again = (await person.ask("POST", "/api/auth/refresh", json=spent)).body
        person.traffic.checked["requests sent again"] += 1
        if again["refresh_token"] != tokens["refresh_token"]:
            person.traffic.doubled.append("a spent refresh token got two successors")
    person.took(tokens)


async def second_device(person: Person) -> None:
    """Sign in somewhere else through the issuer, look around, and sign out there."""
    person.doing = "sign-in by issuer"
    order = {"email": person.email.replace("soak", "issuer")}
    async with person.api.post(f"{person.oidc}/__control/token", json=order) as minted:
        id_token = (await minted.json())["token"]
    said = {"issuer": "devstack", "id_token": id_token}
    tokens = (await person.ask("POST", "/api/auth/token", json=said)).body
    who = {"Authorization": f"Bearer {tokens['access_token']}"}
    await person.ask("GET", "/api/auth/me", headers=who)
    person.traffic.others.add(tokens["user"]["id"])
    await person.ask("POST", "/api/auth/logout", json={"refresh_token": tokens["refresh_token"]}, headers=who)
