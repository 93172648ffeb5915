"""Kafka and PostgreSQL of the local platform: what was acknowledged before kill -9 is there after the restart."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.support.platform import PostgresqlServer, platform

TOPIC, RECORDS = "kept.v1", 2_000


async def test_kafka_keeps_every_acknowledged_record_over_kill_9() -> None:
    async with platform("kafka") as portal:
        admin = AIOKafkaAdminClient(bootstrap_servers=portal.settings.kafka)
        await admin.start()
        await admin.create_topics([NewTopic(TOPIC, 1, 1)])
        await admin.close()
        producer = AIOKafkaProducer(bootstrap_servers=portal.settings.kafka, acks="all", enable_idempotence=True)
        await producer.start()
        sent = [await producer.send(TOPIC, f"{number}".encode()) for number in range(RECORDS)]
        for acknowledgment in sent:
            await acknowledgment
        await producer.stop()

        await portal.kill("kafka", keep_down=False)
        await portal.wait_ready(["kafka"])

        consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=portal.settings.kafka, auto_offset_reset="earliest")
        await consumer.start()
        found = [(await consumer.getone()).value for _ in range(RECORDS)]
        await consumer.stop()
        assert found == [f"{number}".encode() for number in range(RECORDS)]
        assert next(one for one in portal.status() if one.name == "kafka").starts == 2


async def test_postgresql_keeps_every_committed_row_over_kill_9() -> None:
    async with platform("postgresql") as portal:
        server = PostgresqlServer(portal.settings, portal).server
        connection = await server.connect("claims")
        await connection.execute("CREATE TABLE kept (number integer)")
        await connection.executemany("INSERT INTO kept VALUES ($1)", [(number,) for number in range(500)])

        await portal.kill("postgresql", keep_down=False)
        await portal.wait_ready(["postgresql"])

        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await connection.fetchval("SELECT 1")
        again = await server.connect("claims")
        assert await again.fetchval("SELECT count(*) FROM kept") == 500
        await again.close()
        connection.terminate()
