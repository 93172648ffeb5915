from libs.common.web.app import build_routes
from services.appeals.app import service


def test_the_api_tells_which_functions_are_offered() -> None:
    assert "/api/appeals/functions" in build_routes(service).openapi()["paths"]
