from libs.common.process import main
from services.eligibility.app import service

main(service)
