from libs.common.process import main
from services.auth.app import service

if __name__ == "__main__":
    main(service)
