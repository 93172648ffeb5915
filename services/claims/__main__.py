from libs.common.process import main
from services.claims.app import service

main(service)
