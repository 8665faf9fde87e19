
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of commands.  A command stands here only once it works.
 */

#include <string.h>

#include "apctl_actor.h"
#include "apctl_actor_edit.h"
#include "apctl_actor_import.h"
#include "apctl_block.h"
#include "apctl_check.h"
#include "apctl_commands.h"
#include "apctl_completion.h"
#include "apctl_db.h"
#include "apctl_delivery.h"
#include "apctl_fetch.h"
#include "apctl_post.h"
#include "apctl_profile.h"
#include "apctl_verify.h"


#define APCTL_TEXT_OPTIONS                                                    \
    (APCTL_BIT(CONTENT) | APCTL_BIT(CONTENT_FILE) | APCTL_BIT(EXCERPT)        \
     | APCTL_BIT(CONTENT_WARNING) | APCTL_BIT(LANGUAGE) | APCTL_BIT(TITLE)    \
     | APCTL_BIT(URL))

#define APCTL_NEW_POST_OPTIONS                                                \
    (APCTL_TEXT_OPTIONS | APCTL_BIT(ACTOR) | APCTL_BIT(PUBLISHED)             \
     | APCTL_BIT(TYPE))

#define APCTL_NEW_POST_REQUIRED  APCTL_BIT(URL)

#define APCTL_WHOSE_POST                                                      \
    "Without --actor it is the actor's in whose section the page lies, else\n" \
    "the site's only actor's.\n"

#define APCTL_BLOCK_TEXT                                                      \
    "Says first how many followers, replies and deliveries that costs.  The\n" \
    "followers are removed, and each gets a Reject; they do not come back.\n" \
    "Asks first on a terminal; elsewhere --yes is needed.  Without --origin\n" \
    "it is for all sites of the database.\n"

#define APCTL_OBJECT                                                          \
    "OBJECT is the post's id, its uuid, or the URL of its page."


const apctl_command_t  apctl_commands[] = {

    { "actor", "add", "NAME",
      APCTL_PROFILE_OPTIONS | APCTL_BIT(DRY_RUN) | APCTL_BIT(ORIGIN), 0,
      "Adds an actor that nginx's configuration need not know.",
      "It can be found and followed at once.  Prefix and account domain are\n"
      "those of the site.",
      "apctl actor add ann --name \"Ann Ott\" --url /authors/ann/\n"
      "apctl actor add sport --origin acme.example --type Group \\\n"
      "    --section /sport/ --field Website=https://acme.example/sport/\n",
      apctl_actor_add },

    { "actor", "delete", "NAME", APCTL_BIT(DRY_RUN) | APCTL_BIT(YES), 0,
      "Deletes an actor and its posts, for ever.",
      "Its id and its posts answer 410 from then on, and its followers are\n"
      "told.  Nobody can have the name again, for other servers never forget.\n"
      "The pages stay.  Asks first on a terminal; elsewhere --yes is needed.",
      "apctl actor delete ann\n"
      "apctl actor delete ann@acme.example --yes\n",
      apctl_actor_delete },

    { "actor", "edit", "NAME", APCTL_PROFILE_OPTIONS | APCTL_BIT(DRY_RUN), 0,
      "Changes an actor that nginx's configuration does not name.",
      "What is not given stays; an empty value takes away.",
      "apctl actor edit ann --name \"Ann O.\" --icon \"\"\n",
      apctl_actor_edit },

    { "actor", "import", "FILE", APCTL_BIT(DRY_RUN) | APCTL_BIT(ORIGIN), 0,
      "Adds many actors.",
      "FILE, or - for stdin, has a JSON object in each line: \"actor\" is the\n"
      "name, the other members are the fields of \"activitypub_actor\".  What\n"
      "is there already, just so, is passed over.",
      "apctl actor import authors.jsonl\n"
      "echo '{\"actor\": \"ann\", \"name\": \"Ann\"}' | apctl actor import -\n",
      apctl_actor_import },

    { "actor", "list", NULL, 0, 0,
      "Lists the actors.",
      NULL,
      "apctl actor list\n"
      "apctl actor list --json\n",
      apctl_actor_list },

    { "actor", "show", "NAME", 0, 0,
      "Shows an actor.",
      "NAME is its name if unique, its handle, or its id.",
      "apctl actor show news\n"
      "apctl actor show news@acme.example --json\n",
      apctl_actor_show },

    { "block", "add", "[DOMAIN]...",
      APCTL_BIT(DRY_RUN) | APCTL_BIT(ORIGIN) | APCTL_BIT(PRESET)
      | APCTL_BIT(REASON) | APCTL_BIT(SEVERITY) | APCTL_BIT(YES), 0,
      "Blocks domains and all that is below them.",
      APCTL_BLOCK_TEXT
      "Replaces a rule that is there about the very domain.  \"allow\" is an\n"
      "exception to one about a domain above it.",
      "apctl block add spam.example --reason spam\n"
      "apctl block add loud.example --severity limit\n"
      "apctl block add --preset threads --dry-run\n",
      apctl_block_add },

    { "block", "export", NULL, APCTL_BIT(ORIGIN), 0,
      "Prints the blocks of the database as Mastodon exports and imports them.",
      "Those that are about every origin, or with --origin that one's own.",
      "apctl block export > blocks.csv\n",
      apctl_block_export },

    { "block", "import", "FILE",
      APCTL_BIT(DRY_RUN) | APCTL_BIT(ORIGIN) | APCTL_BIT(SEVERITY)
      | APCTL_BIT(YES), 0,
      "Blocks many domains.",
      APCTL_BLOCK_TEXT
      "FILE, or - for stdin, is what Mastodon exports, or has a domain in\n"
      "each line.  A line that is none is named and left out; the rest is\n"
      "written at once.  --severity is for those that have none of their own.",
      "apctl block import blocks.csv --dry-run\n"
      "apctl block import blocks.csv --yes\n",
      apctl_block_import },

    { "block", "list", NULL, 0, 0,
      "Lists the rules about domains, those of nginx's configuration, too.",
      NULL,
      "apctl block list\n"
      "apctl block list --json\n",
      apctl_block_list },

    { "block", "rm", "DOMAIN...", APCTL_BIT(DRY_RUN) | APCTL_BIT(ORIGIN), 0,
      "Takes back what the database says of domains.",
      "What was hidden is shown again.  Followers do not come back: they may\n"
      "follow again.",
      "apctl block rm spam.example\n",
      apctl_block_rm },

    { "check", NULL, NULL, APCTL_BIT(ORIGIN), 0,
      "Looks at the site from outside, as its peers do.",
      "A line for each thing: \"ok\" or \"not ok\", what it is, and what was\n"
      "seen or is wrong.  Exits with 0 when all is well, else with 1.",
      "apctl check\n"
      "apctl check --origin acme.example --json\n",
      apctl_check },

    { "completion", "bash", NULL, 0, 0,
      "Prints the completion for bash.",
      NULL,
      "apctl completion bash > /etc/bash_completion.d/apctl\n",
      apctl_completion_bash },

    { "db", "init", NULL,
      APCTL_BIT(DRY_RUN) | APCTL_BIT(NGINX_ROLE) | APCTL_BIT(SQL), 0,
      "Creates the roles and the database, then migrates it.",
      "What is already there stays as it is.  The database is \"activitypub\"\n"
      "unless --db names another.  In a database that belongs to somebody\n"
      "else only the rights that are missing are added.",
      "sudo -u postgres apctl db init\n"
      "sudo -u postgres apctl db init --nginx-role nginx\n"
      "apctl db init --db \"host=db1 user=admin dbname=fediverse\"\n",
      apctl_db_init },

    { "db", "migrate", NULL, APCTL_BIT(DRY_RUN) | APCTL_BIT(SQL), 0,
      "Brings the schema up to date.",
      "Each migration is a transaction of its own; the functions follow in\n"
      "one.  Runs as activitypub_owner.",
      "sudo -u postgres apctl db migrate\n"
      "sudo -u postgres apctl db migrate --dry-run\n",
      apctl_db_migrate },

    { "db", "status", NULL, APCTL_BIT(SQL), 0,
      "Shows the version of the schema and what is missing.",
      "Exits with 0 when everything is up to date, else with 1.",
      "sudo -u postgres apctl db status\n"
      "sudo -u postgres apctl db status --json\n",
      apctl_db_status },

    { "deliveries", "retry", "WHICH", 0, 0,
      "Tries deliveries again that wait or have failed.",
      "WHICH is the number of one, a host, or \"all\".",
      "apctl deliveries retry 4711\n"
      "apctl deliveries retry social.example\n",
      apctl_deliveries_retry },

    { "deliveries", "show", "WHICH", 0, 0,
      "Shows what is on its way, or has failed.",
      "WHICH is the number of one, or a host.",
      "apctl deliveries show 4711\n"
      "apctl deliveries show social.example --json\n",
      apctl_deliveries_show },

    { "deliveries", "status", NULL, 0, 0,
      "Counts what is on its way, and what has failed.",
      NULL,
      "apctl deliveries status\n"
      "apctl deliveries status --json\n",
      apctl_deliveries_status },

    { "fetch", NULL, "URL", APCTL_BIT(ORIGIN), 0,
      "Has a worker of nginx fetch an ActivityPub document, and prints it.",
      "It is asked for as always: signed by the instance actor, over the same\n"
      "connector.  What became of it is said on stderr.",
      "apctl fetch https://social.example/users/alice | jq .\n"
      "apctl fetch https://social.example/users/alice --json\n",
      apctl_fetch },

    { "followers", "list", NULL, APCTL_BIT(ACTOR), 0,
      "Lists the followers.",
      NULL,
      "apctl followers list\n"
      "apctl followers list --actor news --json\n",
      apctl_followers_list },

    { "post", "delete", "OBJECT", APCTL_BIT(DRY_RUN) | APCTL_BIT(YES), 0,
      "Deletes a post.  The page itself stays.",
      APCTL_OBJECT "\n"
      "Its id answers 410 from then on.  Asks first on a terminal; elsewhere\n"
      "--yes is needed.",
      "apctl post delete https://acme.example/news/launch\n"
      "apctl post delete 0193b5a0-7a10-7000-8000-000000000001 --yes\n",
      apctl_post_delete },

    { "post", "list", NULL, APCTL_BIT(ACTOR) | APCTL_BIT(LIMIT), 0,
      "Lists the posts, newest first.",
      NULL,
      "apctl post list\n"
      "apctl post list --actor news --limit 100 --json\n",
      apctl_post_list },

    { "post", "pin", "OBJECT", APCTL_BIT(DRY_RUN) | APCTL_BIT(OFF), 0,
      "Pins a post to its actor's profile, or takes the pin away.",
      APCTL_OBJECT,
      "apctl post pin https://acme.example/news/launch\n"
      "apctl post pin https://acme.example/news/launch --off\n",
      apctl_post_pin },

    { "post", "preview", NULL, APCTL_NEW_POST_OPTIONS,
      APCTL_NEW_POST_REQUIRED,
      "Prints the document that \"post publish\" would make.",
      APCTL_WHOSE_POST
      "Indented on a terminal; elsewhere and with --json the very bytes.",
      "apctl post preview --actor news --url /news/launch --title Launch \\\n"
      "    --content-file launch.html\n",
      apctl_post_preview },

    { "post", "publish", NULL,
      APCTL_NEW_POST_OPTIONS | APCTL_BIT(DRY_RUN), APCTL_NEW_POST_REQUIRED,
      "Publishes a page as a post of an actor and prints its id.",
      APCTL_WHOSE_POST,
      "apctl post publish --actor news --url /news/launch --title Launch \\\n"
      "    --content-file launch.html\n"
      "render launch | apctl post publish --actor news@acme.example \\\n"
      "    --url https://acme.example/news/launch --title Launch \\\n"
      "    --content-file - --language en\n",
      apctl_post_publish },

    { "post", "update", "OBJECT", APCTL_TEXT_OPTIONS | APCTL_BIT(DRY_RUN), 0,
      "Changes a post.  What is not given stays.",
      APCTL_OBJECT,
      "apctl post update https://acme.example/news/launch --title Launched\n"
      "apctl post update 0193b5a0-7a10-7000-8000-000000000001 \\\n"
      "    --content-file launch.html --excerpt \"It is there.\"\n",
      apctl_post_update },

    { "verify", NULL, "FILE",
      APCTL_BIT(AT) | APCTL_BIT(BASE) | APCTL_BIT(KEY) | APCTL_BIT(NOW)
      | APCTL_BIT(ORIGIN_OF_REQUEST), 0,
      "Says step by step what nginx makes of a request that was saved.",
      "FILE, or - for stdin, has the bytes of HTTP/1.1: line, header, body.\n"
      "Nothing is fetched, and nothing changes.  Without --key and --origin\n"
      "both are looked for in the database.  Exits with 0 when nginx would\n"
      "take it, with 1 when not, with 3 when the key is not known here.",
      "apctl verify request.http\n"
      "apctl verify request.http --now --base\n"
      "apctl verify - --key actor.json --origin https://acme.example \\\n"
      "    --origin https://www.acme.example < request.http\n",
      apctl_verify },

    { NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL }
};


const apctl_command_t *
apctl_command_find(const char *noun, const char *verb)
{
    const apctl_command_t  *command;

    for (command = apctl_commands; command->noun != NULL; command++) {

        if (strcmp(command->noun, noun) == 0
            && (verb == NULL
                || (command->verb != NULL
                    && strcmp(command->verb, verb) == 0)))
        {
            return command;
        }
    }

    return NULL;
}
