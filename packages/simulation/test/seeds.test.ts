import { describe, expect, it } from "vitest";
import { parsePlan } from "../src/simulator/plan.ts";
import { runPlan } from "../src/simulator/run.ts";

interface Found {
  readonly title: string;
  readonly plan: string;
  /** Moves of the machines that it is about. */
  readonly meets?: readonly string[];
}

/** Notes, which the store takes: without them a backend that refuses all else would be waited for. */
const takenMeanwhile = (device: string): string =>
  Array.from({ length: 700 }, (_, index) => `     act note of ${device} by ${index}\n     wait 250\n`).join(
    "",
  );

/**
 * What seeds have found, in as few steps as it takes: a seed means something else once the code has changed, its steps
 * do not.
 */
const found: readonly Found[] = [
  {
    title: "[D9] a client whose disk is full does not drop an absent conversation for ever",
    plan: `seed 44; devices ada bob cyd; rates none; disks relaxed
     fault diskFull of 2 (cyd) by 19308641
     wait 400`,
  },
  {
    title: "[D4] a commit whose answer the server did not get is told to the other members",
    plan: `seed 205; devices ada bob cyd; rates none; disks strict
     wait 100
     act send of 1 (bob) by 1584122765
     fault forgetCommit of 1 (bob) by 1479531821
     wait 73`,
  },
  {
    title: "[D4] such a commit is told also if its author takes it back before asking again",
    plan: `seed 32595; devices ada bob cyd ada; rates tight; disks strict
     act send of 0 (ada) by 544881596
     wait 247
     fault forgetCommit of 3 (ada) by 57114293
     act edit of 3 (ada) by 528626686
     wait 10
     act cancel of 3 (ada) by 1478796827`,
  },
  {
    title: "[D5] a command that was given up, and stored all the same, is sent once that is known",
    plan: `seed 1; devices ada bob cyd; rates none; disks strict
     wait 400
     fault sickStore of 0 (ada) by 1
     act send of 0 (ada) by 544881596
${takenMeanwhile("0 (ada)")}     wait 100`,
    meets: ["failed→sent"],
  },
  {
    title: "[D4] a message that was sent and edited in one commit is not passed over by whoever catches up",
    plan: `seed 25381; devices ada bob cyd; rates none; disks strict
     act disconnect of 1 (bob) by 1744973821
     act send of 1 (bob) by 1833334392
     wait 18286
     act send of 1 (bob) by 959778186
     act edit of 1 (bob) by 391432773
     act send of 0 (ada) by 443281767
     wait 74
     act unreact of 2 (cyd) by 1221489802
     wait 392
     act react of 0 (ada) by 1059512046
     act close of 2 (cyd) by 1613329032
     act send of 0 (ada) by 1274984414
     act send of 0 (ada) by 1944253055`,
  },
  {
    title:
      "[D6] what was refused stays refused when client and server forget: a crash, and a backup that is restored",
    plan: `seed 85089; devices ada bob cyd ada; rates tight; disks relaxed
     act leave of 1 (bob) by 1621587096
     act send of 1 (bob) by 782922947
     wait 790
     fault crash of 1 (bob) by 1851675156
     fault restore of 0 (ada) by 70298660`,
  },
  {
    title: "[D7] what was given up lets the others pass, and is tried again by the next life",
    plan: `seed 111390; devices ada bob cyd; rates none; disks relaxed
     act send of 1 (bob) by 1615991929
     act send of 2 (cyd) by 437423105
     fault serverCrash of 2 (cyd) by 784774028
     fault refuseCommit of 1 (bob) by 1084682845
     act send of 2 (cyd) by 819910373
     act send of 1 (bob) by 181240819
     fault sickStore of 1 (bob) by 1424364168
     wait 9779
     wait 17211
     wait 11229
     fault crash of 1 (bob) by 945270131`,
  },
  {
    title:
      "[D5] who marks as read what was confirmed before sees no more as read than the backend, which was restored",
    plan: `seed 111565; devices ada bob cyd; rates none; disks strict
     act send of 2 (cyd) by 166477818
     wait 100
     act markRead of 0 (ada) by 1413277914
     wait 1000
     fault restore of 1 (bob) by 1577568138
     act markRead of 0 (ada) by 475186515`,
  },
  {
    title:
      "[D4] whoever loses the link with the clock set back, and then the network, is online again when it is back",
    plan: `seed 120253; devices ada bob cyd; rates none; disks strict
     fault serverDoom of 2 (cyd) by 1878094398
     wait 17094
     fault clockBack of 1 (bob) by 33600135
     fault cut of 1 (bob) by 690373533
     wait 100
     fault networkGone of 1 (bob) by 1964064469`,
  },
  {
    title: "[D4] whoever comes back in while a question from before is on its way learns of it",
    plan: `seed 1600; devices ada bob cyd; rates none; disks strict
     act leave of 2 (cyd) by 1087348654
     wait 100
     act remove of 2 (cyd) by 581142251
     act rename of 2 (cyd) by 1998256188
     act join of 2 (cyd) by 1098292929
     wait 1
     act loadOlder of 2 (cyd) by 1264665165`,
  },
  {
    title: "[D5] a notebook is complete only when the notes in it are here",
    plan: `seed 1667; devices ada bob cyd ada; rates none; disks strict
     wait 425
     act send of 0 (ada) by 1724278601
     act send of 3 (ada) by 920173354
     fault loseSubmit of 0 (ada) by 1978864744
     fault cut of 0 (ada) by 502347892
     fault slow of 3 (ada) by 1709866036
     wait 1000
     act note of 0 (ada) by 1317565989
     fault serverDoom of 1 (bob) by 1141048608
     act edit of 3 (ada) by 1942887713
     wait 100`,
  },
  {
    title: "[D7] what a life gives up that did not give it goes behind what has passed it, too",
    plan: `seed 3712; devices ada bob cyd; rates none; disks strict
     act send of 0 (ada) by 81710788
     fault sickStore of 0 (ada) by 757543657
     fault doom of 0 (ada) by 1120780735
     wait 19471
     act send of 0 (ada) by 1197098576
     wait 19467
     wait 9817
     fault crash of 0 (ada) by 2561474`,
  },
  {
    title:
      "[D3] is at rest only on a link to the server that is, however alike the revisions of two epochs are",
    plan: `seed 50810; devices ada bob cyd; rates none; disks strict
     wait 1000
     fault doom of 0 (ada) by 501960365
     act send of 0 (ada) by 1212932363
     wait 100
     fault serverPower of 0 (ada) by 297526635
     fault restore of 1 (bob) by 1544944806`,
  },
  {
    title: "[D7] what a backup lost is sent again by an outbox that a power cut has put back, if late",
    plan: `seed 30458; devices ada bob cyd; rates none; disks relaxed
     fault crash of 0 (ada) by 380196643
     wait 7296
     act send of 2 (cyd) by 1919947761
     act send of 0 (ada) by 524232581
     wait 1000
     fault sickStore of 2 (cyd) by 366225803
     act send of 0 (ada) by 862988403
     act send of 0 (ada) by 1936417534
     act send of 0 (ada) by 614085624
     act react of 0 (ada) by 1865640980
     wait 18471
     fault restore of 2 (cyd) by 975409086
     wait 349
     wait 532
     wait 1444
     fault powerCut of 0 (ada) by 1069549311`,
  },
  {
    title:
      "[D9] drafts of several conversations do not send each other round and round where storage is full",
    plan: `seed 61613; devices ada bob cyd; rates none; disks strict
     act draft of 1 (bob) by 1970642535
     act draft of 1 (bob) by 1283255478
     wait 10058
     fault diskFull of 1 (bob) by 1687582898
     act send of 1 (bob) by 677645338
     act draft of 1 (bob) by 720294706
     act draft of 1 (bob) by 1513361616
     wait 358
     wait 1736`,
  },
  {
    title: "[D7] what is asked for again on a full disk may stand where it stood, in the next life",
    plan: `seed 89811; devices ada bob cyd; rates none; disks strict
     fault sickStore of 1 (bob) by 877205249
     act note of 1 (bob) by 1411846725
     act note of 1 (bob) by 1617795760
     act send of 1 (bob) by 1791443257
     wait 13424
     act unreact of 1 (bob) by 739779641
     act send of 1 (bob) by 1270345818
     wait 11411
     fault diskFull of 1 (bob) by 37440314
     act retry of 1 (bob) by 977941727
     act close of 1 (bob) by 1122928765`,
  },
  {
    title: "[D3] shows one's own vote in an anonymous poll once it is answered, though the poll came before",
    plan: `seed 3187; devices ada bob cyd; rates none; disks relaxed
     act send of 1 (bob) by 1375193872
     act send of 1 (bob) by 1948131952
     act send of 2 (cyd) by 12960518
     wait 15762
     act delete of 1 (bob) by 1863872868
     act pin of 1 (bob) by 1866511807
     act send of 1 (bob) by 627011826
     act note of 1 (bob) by 1122586580
     wait 12256
     act poll of 2 (cyd) by 1948253263
     act edit of 1 (bob) by 763813256
     wait 17
     fault serverPower of 0 (ada) by 399858063
     fault sickStore of 2 (cyd) by 2105098109
     wait 9119
     act vote of 1 (bob) by 478906881
     act react of 1 (bob) by 724762137
     wait 14356
     wait 15665`,
  },
  {
    title:
      "[D7] takes what a backup brings back for what it was when it first took effect, though it was tried again since",
    plan: `seed 14742; devices ada bob cyd; rates none; disks relaxed
     wait 19
     act send of 2 (cyd) by 1336521535
     wait 7
     wait 104
     fault forgetCommit of 2 (cyd) by 1330727791
     act thread of 0 (ada) by 407215847
     fault losePush of 0 (ada) by 1398984737
     wait 269
     fault sickStore of 2 (cyd) by 1630960653
     act remove of 0 (ada) by 1610556758
     wait 17389
     wait 100
     act retry of 0 (ada) by 1461696834
     fault restore of 1 (bob) by 1782031714`,
  },
  {
    title:
      "[D3] shows one's own vote in an anonymous poll, though another's brought the poll before its page",
    plan: `seed 19565; devices ada bob cyd; rates none; disks strict
     act send of 1 (bob) by 979990145
     act poll of 0 (ada) by 326275975
     act send of 0 (ada) by 2106154122
     act send of 1 (bob) by 1955047356
     wait 94
     act send of 1 (bob) by 1860437065
     act disconnect of 0 (ada) by 734545151
     act send of 2 (cyd) by 929591129
     act vote of 1 (bob) by 2073690522
     act send of 2 (cyd) by 757012027
     act send of 2 (cyd) by 946062006
     act poll of 2 (cyd) by 288522059
     act poll of 1 (bob) by 543759656
     act poll of 1 (bob) by 2099620285
     act send of 1 (bob) by 1206784418
     act poll of 2 (cyd) by 543433858
     act send of 1 (bob) by 1384401840
     wait 984
     act send of 1 (bob) by 1590151438
     act vote of 0 (ada) by 2048725006
     fault restore of 1 (bob) by 1341094540
     wait 10`,
  },
  {
    title: "[D3] takes the late answer to a vote for what was voted then, not for what was voted since",
    plan: `seed 67128; devices ada bob cyd; rates none; disks relaxed
     wait 1000
     act poll of 2 (cyd) by 922709832
     fault diskFails of 1 (bob) by 1847599794
     act join of 1 (bob) by 64084666
     fault loseAnswer of 1 (bob) by 472746395
     wait 1000
     act forward of 1 (bob) by 226240468
     act vote of 1 (bob) by 1415185264
     act vote of 1 (bob) by 2049161200
     wait 100`,
  },
  {
    title:
      "[D3] does not say of a vote that was given up, and came to count all the same, what nobody has told it",
    plan: `seed 74229; devices ada bob cyd ada; rates none; disks strict
     act poll of 0 (ada) by 1096829998
     wait 100
     fault sickStore of 3 (ada) by 1376020732
     act unnote of 1 (bob) by 1578175775
     act vote of 1 (bob) by 2026959440
${takenMeanwhile("1 (bob)")}     wait 100`,
    meets: ["queued→failed"],
  },
  {
    title: "[D3] does not say of an anonymous vote what went with the power, before the disk had it",
    plan: `seed 15381; devices ada bob cyd; rates none; disks relaxed
     act poll of 2 (cyd) by 1974288850
     act vote of 2 (cyd) by 922015720
     wait 1000
     fault powerCut of 2 (cyd) by 615999092`,
  },
  {
    title:
      "[D7] holds nobody to the order of what was taken back, and came again as the disk could not erase it",
    plan: `seed 28847; devices ada bob cyd; rates none; disks strict
     act plan of 2 (cyd) by 1187480217
     act replan of 2 (cyd) by 1312536065
     fault diskFails of 2 (cyd) by 796650338
     act cancel of 2 (cyd) by 1680381531
     fault doom of 2 (cyd) by 1655996491
     wait 100`,
  },
  {
    title: "[D5] waits to judge until what is planned for soon is carried out",
    plan: `seed 29609; devices ada bob cyd ada; rates none; disks strict
     act send of 3 (ada) by 2049635597
     act note of 1 (bob) by 1743559950
     wait 1
     act send of 1 (bob) by 1141508779
     act send of 1 (bob) by 1891391318
     wait 1
     act send of 1 (bob) by 1295741162
     wait 384
     act send of 1 (bob) by 1048338294
     act send of 3 (ada) by 1215042954
     wait 7166
     act send of 2 (cyd) by 1632250958
     act reply of 1 (bob) by 1367857656
     act thread of 2 (cyd) by 867760613
     act note of 1 (bob) by 1740286500
     act plan of 1 (bob) by 1830010191
     act send of 1 (bob) by 244591250
     act send of 1 (bob) by 536294852
     act send of 0 (ada) by 625061829
     act edit of 1 (bob) by 53706157
     act thread of 2 (cyd) by 50453502
     wait 210
     act plan of 2 (cyd) by 14815387
     act send of 2 (cyd) by 1242155840
     fault restore of 1 (bob) by 944825118
     wait 1266`,
  },
  {
    title:
      "[D7] holds nobody to the order of what was refused, and came again as the disk could not note that",
    plan: `seed 39864; devices ada bob cyd; rates tight; disks relaxed
     fault serverDoom of 1 (bob) by 1907965655
     act send of 1 (bob) by 1944197176
     act reply of 1 (bob) by 236440847
     fault sickStore of 2 (cyd) by 1790450122
     fault diskFull of 1 (bob) by 1400618446
     wait 16322
     act plan of 1 (bob) by 1577905533
     wait 13022
     fault heal of 0 (ada) by 1813379521
     wait 10125
     fault restore of 0 (ada) by 360832806
     fault heal of 1 (bob) by 1445610272
     wait 2543
     act send of 1 (bob) by 1855658817
     wait 19
     fault crash of 1 (bob) by 1764961756`,
  },
  {
    title: "[D3] knows its anonymous vote in the next life, though the poll came with it before its answer",
    plan: `seed 96210; devices ada bob cyd; rates none; disks strict
     fault doom of 0 (ada) by 1084233214
     act poll of 2 (cyd) by 921251770
     act send of 2 (cyd) by 1000678361
     act unnote of 2 (cyd) by 147891372
     act note of 2 (cyd) by 879111478
     wait 7619
     act send of 0 (ada) by 1647868972
     fault forgetCommit of 0 (ada) by 1338626268
     act vote of 0 (ada) by 628623230
     wait 13862
     fault crash of 0 (ada) by 1516237784`,
  },
  {
    title: "[D1] whoever is to sign in again and signs out, or closes, keeps what waits",
    plan: `seed 1; devices ada bob cyd; rates none; disks strict
     wait 400
     fault tokenRefused of 0 (ada) by 1
     fault tokenRefused of 1 (bob) by 1
     wait 5000
     act send of 0 (ada) by 544881596
     act send of 1 (bob) by 544881596
     act giveUp of 0 (ada) by 7
     act giveUp of 1 (bob) by 9`,
    meets: ["blocked→idle", "blocked→closed"],
  },
  {
    title:
      "[D7] what waits over two crashes goes out in the order given, though the clock was set back between them",
    plan: `seed 1; devices ada bob cyd; rates none; disks strict
     wait 500
     fault networkGone of 0 (ada) by 1
     act send of 0 (ada) by 16
     wait 300
     fault clockBack of 0 (ada) by 7919
     fault crash of 0 (ada) by 2
     wait 3000
     act send of 0 (ada) by 16
     wait 300
     fault crash of 0 (ada) by 3
     wait 3000
     fault networkBack of 0 (ada) by 1
     wait 5000`,
  },
  {
    title: "[D6] what is about a message waits for its files no longer than the message does",
    plan: `seed 972; devices ada bob cyd; rates none; disks strict; files plain
     act attach of 1 (bob) by 897717096
     act edit of 1 (bob) by 899653115`,
  },
  {
    title: "[D6] a file that was refused for good, and is tried again, is refused again",
    plan: `seed 1114; devices ada bob cyd; rates none; disks strict; files scanned
     act attach of 0 (ada) by 1201432640
     wait 1000
     act resumeFile of 0 (ada) by 1401268497`,
    meets: ["refused→waiting"],
  },
  {
    title: "[D8] the address of a file in one conversation is not taken for one in another",
    plan: `seed 5; devices ada bob cyd; rates none; disks strict; files plain
     act attach of 2 (cyd) by 1764538893
     wait 1000`,
  },
  {
    title: "[D6] a file goes on when its wait is over, though the clock was set back meanwhile",
    plan: `seed 8158; devices ada bob cyd; rates none; disks strict; files scanned
     act addFile of 1 (bob) by 1334901670
     wait 551
     fault clockBack of 1 (bob) by 1411073245`,
  },
  {
    title: "[D6] two files wait no longer than each would, though the clock was set back between them",
    plan: `seed 43792; devices ada bob cyd; rates none; disks strict; files scanned
     act attach of 1 (bob) by 1122701102
     wait 337
     fault clockBack of 1 (bob) by 295459417
     act attach of 1 (bob) by 748852894`,
  },
  {
    title:
      "[D6] a message whose file was called off is sent by no later life, though the server has the file",
    plan: `seed 1966; devices ada bob cyd; rates none; disks strict; files scanned
     act attach of 2 (cyd) by 1764538893
     wait 1500
     fault networkGone of 2 (cyd) by 1
     wait 5000
     act cancelFile of 2 (cyd) by 1230855174`,
  },
  {
    title: "[D8] what a block parts is shown no longer than a minute where the bus lost the block",
    plan: `seed 302366; devices ada bob cyd; rates none; disks strict; contacts
     fault powerCut of 1 (bob) by 522771300
     fault loseEvent of 1 (bob) by 1709820010
     act block of 2 (cyd) by 1614233592
     wait 6825`,
  },
  {
    title:
      "[D8] where the bus lost a block, no sign of presence passes after that minute, the first included",
    plan: `seed 15999; devices ada bob cyd ada; rates none; disks relaxed; contacts; retention
     act block of 0 (ada) by 532677619
     fault loseEvent of 0 (ada) by 148304425
     wait 100`,
  },
  {
    title: "[D8] … whichever of them set it",
    plan: `seed 27152; devices ada bob cyd; rates none; disks strict; contacts; retention
     fault loseEvent of 1 (bob) by 1018278490
     act block of 1 (bob) by 1578030188
     wait 100`,
  },
  {
    title:
      "[D7] what a block refused stays refused once it is lifted, though the refusal got lost, and overtakes nothing",
    plan: `seed 93975; devices ada bob cyd; rates none; disks strict; contacts
     act block of 1 (bob) by 1540154060
     wait 1000
     fault sleep of 1 (bob) by 1653254297
     act send of 1 (bob) by 1517843748
     wait 100
     act unblock of 1 (bob) by 815433760
     act send of 1 (bob) by 1910894943`,
  },
  {
    title: "[D3] of an anonymous vote that was called off in doubt nobody can say whether it got there",
    plan: `seed 45210; devices ada bob cyd; rates none; disks relaxed
     act send of 0 (ada) by 653635634
     wait 1
     act poll of 0 (ada) by 868091577
     act send of 1 (bob) by 1147757423
     act unreact of 0 (ada) by 2110500877
     act react of 2 (cyd) by 35934783
     act send of 2 (cyd) by 386311623
     wait 19826
     act remind of 0 (ada) by 1825879015
     act vote of 0 (ada) by 1826896570
     act draft of 0 (ada) by 783119442
     act send of 0 (ada) by 1198129626
     fault sickStore of 2 (cyd) by 207364877
     wait 19960
     wait 12274
     act cancel of 0 (ada) by 1750053443`,
  },
  {
    title: "[D6] what waited for a file that was refused may be asked for again, and is accepted then",
    plan: `seed 200232; devices ada bob cyd; rates none; disks relaxed; files plain
     act leave of 1 (bob) by 1158574063
     act addFile of 1 (bob) by 1850306005
     act sendFile of 1 (bob) by 1119735259
     wait 100
     act join of 1 (bob) by 1205559229
     act retry of 1 (bob) by 1932890081
     fault doom of 1 (bob) by 1612015265
     act planFile of 1 (bob) by 318123252`,
  },
  {
    title:
      "[D7] what a failing disk could not forget, and a backup had not, may come after what was given later",
    plan: `seed 12641; devices ada bob cyd; rates none; disks strict; retention
     act retain of 0 (ada) by 690156210
     fault diskFails of 0 (ada) by 1767818165
     wait 100
     fault restore of 0 (ada) by 815364320
     act send of 0 (ada) by 2057102747`,
  },
];

describe("what the simulation has found", () => {
  it.each(found)("$title", async ({ plan, meets = [] }) => {
    const { failure, coverage } = await runPlan(parsePlan(plan));
    expect(failure).toBeUndefined();
    const met = { ...coverage.connection, ...coverage.delivery, ...coverage.upload };
    expect(meets.filter((move) => !met[move])).toEqual([]);
  });
});
