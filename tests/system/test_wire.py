"""What arrives on the wire: hidden files, the socket of the workers, many requests without a database."""
import pathlib

from product import HOME, call


def test_no_hidden_file_is_served():
    public = pathlib.Path(HOME, "app/public")
    assert not [str(path) for path in public.rglob(".*")]
    assert call("/static/vendor/tabler.min.css")[0] == 200
    hidden = [public / "vendor/.lock", public / ".htpasswd", public / ".git/config"]
    try:
        for path in hidden:
            path.parent.mkdir(exist_ok=True)
            path.write_text("hidden")
            address = "/static/" + str(path.relative_to(public))
            for written in (address, address.replace("/.", "/%2e"), address.replace("/.", "//."), address.replace("/.", "/x/../.")):
                status, body, _ = call(written)
                assert status == 404 and "hidden" not in body, written
    finally:
        for path in hidden:
            path.unlink(missing_ok=True)
        (public / ".git").rmdir()
