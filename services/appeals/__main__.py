from libs.common.process import main
from services.appeals.app import service

main(service)
