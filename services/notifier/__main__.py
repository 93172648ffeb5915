from libs.common.process import main
from services.notifier.app import service

main(service)
