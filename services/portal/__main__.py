from libs.common.process import main
from services.portal.app import service

main(service)
