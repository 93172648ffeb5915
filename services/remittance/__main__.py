from libs.common.process import main
from services.remittance.app import service

main(service)
