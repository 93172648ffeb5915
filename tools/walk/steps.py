"""The walk, step by step."""

from tools.walk import access, claims, outage
from tools.walk.journey import Journey
from tools.walk.telling import Step

STEPS: tuple[Step[Journey], ...] = (
    Step("The landing page says that all functions work", outage.everything_works),
    Step("A biller accepts the notice and signs in with user id, password and code", access.biller_signs_in),
    Step("Every page leads to the Rules of Behavior until they are accepted", access.biller_accepts_rules),
    Step("The biller chooses for whom to act: two NPIs", access.biller_chooses_npi),
    Step("The biller uploads an 837P of 25 claims, two of them faulty", claims.biller_uploads),
    Step("The same form sent again gives the same number", claims.same_form_again),
    Step("999 and 277CA in words", claims.acknowledged_in_words),
    Step("999 and 277CA to download", claims.acknowledged_in_files),
    Step("23 claims with ICN, 2 with the field to mend and no appeal rights", claims.accepted_and_not),
    Step("The shared system decides; the statuses of its 277s show", claims.statuses_arrive),
    Step("A claim tells what was decided, and its history", claims.claim_tells_its_history),
    Step("A vendor's program sees the same through the API", claims.program_sees_the_same),
    Step("A biller of another organisation signs in and sends a file", claims.stranger_uploads),
    Step("For the other organisation each of the first file's pages is 404", access.stranger_sees_nothing),
    Step("For the vendor's program each API address of the other file is 404", access.foreign_program_sees_nothing),
    Step("The administrator removes a grant: refused at the next request", access.administrator_removes_grant),
    Step("The administrator gives it back: it works at the next request", access.administrator_gives_it_back),
    Step("Recertification: declined for one NPI, gone at once; the other works", access.administrator_declines_npi),
    Step("That NPI is given back: it works at the next request", access.administrator_gives_npi_back),
    Step("Claims is killed: its pages are the gateway's, its API says so", outage.killed),
    Step("The landing page says which functions are down and that the others work", outage.announced),
    Step("CMS has the contractor alert", outage.told_to_cms),
    Step("Claims starts again: its pages are back", outage.back),
    Step("CMS has the recovery message, and all functions work", outage.recovered),
)
