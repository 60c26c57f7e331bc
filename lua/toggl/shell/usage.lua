-- The text of togglsh --help: data alone, at most 80 columns. The manual page and the completions
-- are made from it.

return [[
usage: togglsh [options]                       a prompt
       togglsh [options] FILE.lua [arguments]  run a script
       togglsh [options] JOB [arguments]       run a job; JOB --help explains it
       togglsh [options] -e CODE               run CODE; several run in order
       togglsh [options] -                     run standard input

A script has the globals `toggl`, `client` and `org`, created on first use, and
its arguments in `arg`.

  -e, --eval CODE       run CODE, and print what it returns
  -l, --library NAME    global NAME = require "NAME"
  -i, --interactive     open a prompt after everything else has run
      --no-editor       a prompt without line editor
      --sandbox[=N]     use a server in this process, with N people (12),
                        instead of Toggl; org is Acme then
      --profile NAME    credentials and organization from the profiles file
      --org ID|NAME     organization behind `org`; required with several
      --output FORMAT   table, csv, tsv, json, jsonl or markdown
      --columns A,B,C   columns to show
      --bom             begin CSV with a byte order mark, for spreadsheets
      --wait[=SECONDS]  wait for quota, at most that long, instead of giving up
      --max-requests N  end before request N + 1
      --offline         answer from the store alone
      --refresh         ask Toggl even if the store has the reply
      --yes             answer yes to the questions of the prompt and the jobs
      --dry-run         show the changes that Toggl would get, and send none
      --names KIND      print the people, groups, workspaces or organizations
                        that the store knows, for the completion of a shell
      --trace           log each request on standard error, without secrets
      --version, --help

The prompt and the jobs ask before they change anything; scripts and -e do not,
with or without --yes: they are programs. --dry-run holds for all of them.

A token is never an option: togglsh auth login stores one. TOGGL_API_TOKEN, a
systemd credential and ~/.togglrc work too.

Exit status:
    0  done
    1  error
    2  usage error; nothing was sent
    3  dry run or plan with changes to make
    4  credentials are missing or wrong
    5  done in part, or a list could not be read completely
    6  out of quota; --wait waits for it
    7  refused by a guard, or by the answer to a question
    8  a change was sent and no reply came: check before you repeat it
  130  interrupted; 143 or 129 by SIGTERM or SIGHUP (8 if a change is unknown)
  141  the reader closed standard output
]]
