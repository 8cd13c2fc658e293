"""The virtual machine of chapter 01: a computer of its own, in a container like any other."""

import pytest


@pytest.fixture(scope="module")
def vm(engine):
    """Boots the machine for one command; returns what its console said."""
    from labkit import supply
    from labkit.engine import owned

    supply.ensure("vm", "busybox")
    client = engine.client()

    def boot(*command: str, **options) -> str:
        output = client.containers.run("lab/vm:1", list(command), name="lab-test-vm", remove=True, **options)
        return output.decode()

    yield boot
    owned.remove(["lab-test-vm*"])


def test_it_has_a_kernel_of_its_own(vm, engine):
    client = engine.client()
    inside = vm("uname", "-r").strip()
    container = client.containers.run("busybox:1.37", ["uname", "-r"], remove=True).decode().strip()
    assert container == client.info()["KernelVersion"]
    assert inside and inside != container


def test_the_command_arrives_as_it_was_given(vm):
    words = ["it's", 'two  blanks and "quotes"', "$HOME `id` \\n", "ümlaut", ""]
    assert vm("printf", "<%s>\n", *words) == "".join(f"<{word}>\n" for word in words)


def test_the_console_has_only_the_command_s_output(vm):
    assert vm("true") == ""


def test_its_memory_is_what_it_is_given(vm):
    def total(**options) -> int:
        return int(vm("sed", "-n", "s/MemTotal: *\\([0-9]*\\).*/\\1/p", "/proc/meminfo", **options))

    assert total() < 128 * 1024 < total(environment={"VM_MEMORY": "256M"}) < 256 * 1024


def test_it_boots_on_a_busy_machine(vm):
    """With little processor time its clock must still get going."""
    assert vm("echo", "up", nano_cpus=400_000_000) == "up\n"
