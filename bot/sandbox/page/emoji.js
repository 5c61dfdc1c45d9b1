/** Slack's names of the emoji that work and small talk need; an unknown name stays as it was typed, as in Slack. */

const TABLE = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 rolling_on_the_floor_laughing 🤣 joy 😂 slightly_smiling_face 🙂
upside_down_face 🙃 melting_face 🫠 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 relaxed ☺️ yum 😋 stuck_out_tongue 😛
money_mouth_face 🤑 hugging_face 🤗 face_with_hand_over_mouth 🤭 shushing_face 🤫 thinking_face 🤔 saluting_face 🫡 zipper_mouth_face 🤐
face_with_raised_eyebrow 🤨 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔
sleepy 😪 sleeping 😴 mask 😷 exploding_head 🤯 partying_face 🥳 sunglasses 😎 nerd_face 🤓 face_with_monocle 🧐 confused 😕 worried 😟 slightly_frowning_face 🙁
open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺 frowning 😦 fearful 😨 cold_sweat 😰 disappointed_relieved 😥 cry 😢 sob 😭 scream 😱
confounded 😖 persevere 😣 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠 skull 💀 clown_face 🤡 ghost 👻 alien 👽
robot_face 🤖 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 love_letter 💌 sparkling_heart 💖 broken_heart 💔 heart ❤️ orange_heart 🧡 yellow_heart 💛
green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 100 💯 boom 💥 collision 💥 dizzy 💫 sweat_drops 💦 dash 💨 speech_balloon 💬
thought_balloon 💭 zzz 💤
wave 👋 raised_back_of_hand 🤚 raised_hand_with_fingers_splayed 🖐️ hand ✋ raised_hand ✋ ok_hand 👌 pinching_hand 🤏 v ✌️ crossed_fingers 🤞
i_love_you_hand_sign 🤟 call_me_hand 🤙 point_left 👈 point_right 👉 point_up_2 👆 point_down 👇 point_up ☝️ +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 fist ✊
facepunch 👊 punch 👊 left-facing_fist 🤛 right-facing_fist 🤜 clap 👏 raised_hands 🙌 open_hands 👐 palms_up_together 🤲 handshake 🤝 pray 🙏 writing_hand ✍️
nail_care 💅 selfie 🤳 muscle 💪 ear 👂 brain 🧠 eyes 👀 eye 👁️ man 👨 woman 👩 person_frowning 🙍 ok_woman 🙆 raising_hand 🙋 bow 🙇 face_palm 🤦 shrug 🤷
man-shrugging 🤷‍♂️ woman-shrugging 🤷‍♀️ judge 🧑‍⚖️ male-judge 👨‍⚖️ female-judge 👩‍⚖️ office_worker 🧑‍💼 male-office-worker 👨‍💼 female-office-worker 👩‍💼
scientist 🧑‍🔬 technologist 🧑‍💻 cop 👮 sleuth_or_spy 🕵️ guardsman 💂 walking 🚶 standing_person 🧍 running 🏃 runner 🏃 dancer 💃 man-woman-boy 👨‍👩‍👦
speaking_head_in_silhouette 🗣️ bust_in_silhouette 👤 busts_in_silhouette 👥 people_hugging 🫂 family 👪 footprints 👣
monkey_face 🐵 dog 🐶 fox_face 🦊 cat 🐱 lion_face 🦁 tiger 🐯 unicorn_face 🦄 cow 🐮 pig 🐷 elephant 🐘 paw_prints 🐾 chicken 🐔 bird 🐦 penguin 🐧 eagle 🦅 duck 🦆
owl 🦉 frog 🐸 turtle 🐢 snake 🐍 whale 🐳 dolphin 🐬 fish 🐟 octopus 🐙 snail 🐌 butterfly 🦋 bug 🐛 bee 🐝 honeybee 🐝 bouquet 💐 white_flower 💮 rose 🌹
sunflower 🌻 tulip 🌷 seedling 🌱 evergreen_tree 🌲 deciduous_tree 🌳 cactus 🌵 herb 🌿 four_leaf_clover 🍀 maple_leaf 🍁 fallen_leaf 🍂
grapes 🍇 watermelon 🍉 lemon 🍋 banana 🍌 apple 🍎 green_apple 🍏 peach 🍑 strawberry 🍓 bread 🍞 hamburger 🍔 pizza 🍕 taco 🌮 popcorn 🍿 doughnut 🍩 cookie 🍪
birthday 🎂 cake 🍰 chocolate_bar 🍫 coffee ☕ tea 🍵 champagne 🍾 wine_glass 🍷 beer 🍺 beers 🍻 clinking_glasses 🥂 fork_and_knife 🍴
earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 globe_with_meridians 🌐 world_map 🗺️ compass 🧭 stadium 🏟️ classical_building 🏛️ bricks 🧱 rock 🪨 wood 🪵
house 🏠 house_with_garden 🏡 office 🏢 post_office 🏣 hospital 🏥 bank 🏦 hotel 🏨 convenience_store 🏪 school 🏫 department_store 🏬 factory 🏭
statue_of_liberty 🗽 night_with_stars 🌃 sunrise 🌅 city_sunset 🌆 city_sunrise 🌇 bridge_at_night 🌉 train2 🚆 bus 🚌 taxi 🚕 car 🚗 truck 🚚 bike 🚲 motorway 🛣️
fuelpump ⛽ rotating_light 🚨 traffic_light 🚥 vertical_traffic_light 🚦 octagonal_sign 🛑 construction 🚧 anchor ⚓ ring_buoy 🛟 sailboat ⛵ ship 🚢
airplane ✈️ airplane_departure 🛫 airplane_arriving 🛬 helicopter 🚁 rocket 🚀 bellhop_bell 🛎️ hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰
stopwatch ⏱️ timer_clock ⏲️ mantelpiece_clock 🕰️ clock12 🕛 clock1 🕐 clock2 🕑 clock3 🕒 clock4 🕓 clock5 🕔 clock6 🕕 clock7 🕖 clock8 🕗 clock9 🕘 clock10 🕙
clock11 🕚 new_moon 🌑 full_moon 🌕 crescent_moon 🌙 thermometer 🌡️ sunny ☀️ star ⭐ star2 🌟 cloud ☁️ partly_sunny ⛅ thunder_cloud_and_rain ⛈️
rain_cloud 🌧️ lightning 🌩️ rainbow 🌈 umbrella ☂️ zap ⚡ snowflake ❄️ snowman ☃️ comet ☄️ fire 🔥 droplet 💧 ocean 🌊
sparkles ✨ balloon 🎈 tada 🎉 confetti_ball 🎊 ribbon 🎀 gift 🎁 admission_tickets 🎟️ ticket 🎫 medal 🎖️ trophy 🏆 sports_medal 🏅 first_place_medal 🥇
second_place_medal 🥈 third_place_medal 🥉 soccer ⚽ baseball ⚾ basketball 🏀 football 🏈 tennis 🎾 bowling 🎳 dart 🎯 crystal_ball 🔮 magic_wand 🪄
video_game 🎮 game_die 🎲 jigsaw 🧩 chess_pawn ♟️ art 🎨
eyeglasses 👓 safety_vest 🦺 necktie 👔 shirt 👕 crown 👑 tophat 🎩 mortar_board 🎓 ring 💍 gem 💎 loudspeaker 📢 mega 📣 bell 🔔 no_bell 🔕 studio_microphone 🎙️
microphone 🎤 headphones 🎧 radio 📻 iphone 📱 calling 📲 phone ☎️ telephone_receiver 📞 battery 🔋 electric_plug 🔌 computer 💻 desktop_computer 🖥️ printer 🖨️
keyboard ⌨️ three_button_mouse 🖱️ floppy_disk 💾 abacus 🧮 movie_camera 🎥 tv 📺 camera 📷 video_camera 📹 mag 🔍 mag_right 🔎 candle 🕯️ bulb 💡 flashlight 🔦
lantern 🏮 notebook_with_decorative_cover 📔 closed_book 📕 book 📖 open_book 📖 green_book 📗 blue_book 📘 orange_book 📙 books 📚 notebook 📓 ledger 📒
page_with_curl 📃 scroll 📜 page_facing_up 📄 newspaper 📰 rolled_up_newspaper 🗞️ bookmark_tabs 📑 bookmark 🔖 label 🏷️ moneybag 💰 coin 🪙 yen 💴 dollar 💵
euro 💶 pound 💷 money_with_wings 💸 credit_card 💳 receipt 🧾 chart 💹 email ✉️ envelope ✉️ e-mail 📧 incoming_envelope 📨 envelope_with_arrow 📩
outbox_tray 📤 inbox_tray 📥 package 📦 mailbox 📫 mailbox_closed 📪 mailbox_with_mail 📬 postbox 📮 pencil2 ✏️ black_nib ✒️ lower_left_fountain_pen 🖋️
lower_left_ballpoint_pen 🖊️ lower_left_paintbrush 🖌️ lower_left_crayon 🖍️ memo 📝 pencil 📝 briefcase 💼 file_folder 📁 open_file_folder 📂
card_index_dividers 🗂️ date 📅 calendar 📆 spiral_note_pad 🗒️ spiral_calendar_pad 🗓️ card_index 📇 chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 linked_paperclips 🖇️ straight_ruler 📏 triangular_ruler 📐
scissors ✂️ card_file_box 🗃️ file_cabinet 🗄️ wastebasket 🗑️ lock 🔒 unlock 🔓 lock_with_ink_pen 🔏 closed_lock_with_key 🔐 key 🔑 old_key 🗝️ hammer 🔨 axe 🪓
pick ⛏️ hammer_and_wrench 🛠️ shield 🛡️ wrench 🔧 screwdriver 🪛 nut_and_bolt 🔩 gear ⚙️ compression 🗜️ scales ⚖️ link 🔗 chains ⛓️ toolbox 🧰 magnet 🧲
ladder 🪜 test_tube 🧪 microscope 🔬 telescope 🔭 satellite_antenna 📡 syringe 💉 pill 💊 door 🚪 bed 🛏️ couch_and_lamp 🛋️ safety_pin 🧷 broom 🧹 soap 🧼
shopping_trolley 🛒 placard 🪧 identification_card 🪪
warning ⚠️ no_entry ⛔ no_entry_sign 🚫 no_mobile_phones 📵 underage 🔞 radioactive_sign ☢️ biohazard_sign ☣️ arrow_up ⬆️ arrow_upper_right ↗️
arrow_right ➡️ arrow_lower_right ↘️ arrow_down ⬇️ arrow_lower_left ↙️ arrow_left ⬅️ arrow_upper_left ↖️ arrow_up_down ↕️ left_right_arrow ↔️
leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrow_heading_up ⤴️ arrow_heading_down ⤵️ arrows_clockwise 🔃 arrows_counterclockwise 🔄 back 🔙 end 🔚
on 🔛 soon 🔜 top 🔝 atom_symbol ⚛️ twisted_rightwards_arrows 🔀 repeat 🔁 repeat_one 🔂 arrow_forward ▶️ fast_forward ⏩
black_right_pointing_double_triangle_with_vertical_bar ⏭️ black_right_pointing_triangle_with_double_vertical_bar ⏯️ arrow_backward ◀️ rewind ⏪
black_left_pointing_double_triangle_with_vertical_bar ⏮️ arrow_up_small 🔼 arrow_double_up ⏫ arrow_down_small 🔽 arrow_double_down ⏬
double_vertical_bar ⏸️ black_square_for_stop ⏹️ black_circle_for_record ⏺️ eject ⏏️ heavy_multiplication_x ✖️ heavy_plus_sign ➕ heavy_minus_sign ➖
heavy_division_sign ➗ infinity ♾️ bangbang ‼️ interrobang ⁉️ question ❓ grey_question ❔ grey_exclamation ❕ exclamation ❗ heavy_exclamation_mark ❗
heavy_dollar_sign 💲 medical_symbol ⚕️ recycle ♻️ fleur_de_lis ⚜️ trident 🔱 name_badge 📛 beginner 🔰 o ⭕ white_check_mark ✅ ballot_box_with_check ☑️
heavy_check_mark ✔️ x ❌ negative_squared_cross_mark ❎ curly_loop ➰ part_alternation_mark 〽️ copyright ©️ registered ®️ tm ™️ hash #️⃣ keycap_star *️⃣
zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 1234 🔢 abc 🔤 ab 🆎 cool 🆒 free 🆓
information_source ℹ️ id 🆔 new 🆕 ng 🆖 ok 🆗 sos 🆘 up 🆙 vs 🆚 red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢
large_blue_circle 🔵 large_purple_circle 🟣 large_brown_circle 🟤 black_circle ⚫ white_circle ⚪ large_red_square 🟥 large_yellow_square 🟨
large_green_square 🟩 large_blue_square 🟦 large_purple_square 🟪 large_brown_square 🟫 black_large_square ⬛ white_large_square ⬜ black_medium_square ◼️
white_medium_square ◻️ black_medium_small_square ◾ white_medium_small_square ◽ black_small_square ▪️ white_small_square ▫️ large_blue_diamond 🔷
small_orange_diamond 🔸 small_blue_diamond 🔹 small_red_triangle 🔺 small_red_triangle_down 🔻 diamond_shape_with_a_dot_inside 💠 radio_button 🔘
white_square_button 🔳 black_square_button 🔲
checkered_flag 🏁 triangular_flag_on_post 🚩 crossed_flags 🎌 waving_black_flag 🏴 waving_white_flag 🏳️ flag-eu 🇪🇺 flag-gb 🇬🇧 gb 🇬🇧 flag-us 🇺🇸 us 🇺🇸`;

const EMOJI = new Map();
const words = TABLE.trim().split(/\s+/);
for (let at = 0; at < words.length; at += 2) EMOJI.set(words[at], words[at + 1]);

const LIGHTEST = 0x1f3fb; // skin-tone-2; Slack counts from there to 6

/** `tone` is what follows a name as `::skin-tone-4:`. */
export function emojiOf(name, tone) {
  const sign = EMOJI.get(name);
  if (!sign || !tone) return sign;
  const [first, ...others] = sign.replace("\ufe0f", "");
  return [first, String.fromCodePoint(LIGHTEST + Number(tone) - 2), ...others].join("");
}

export const EMOJI_NAME = /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/g;

/** `[name, sign]` of those whose name starts like this. */
export const emojiStarting = (typed) => [...EMOJI].filter(([name]) => name.startsWith(typed));

export const withEmoji = (text) => text.replace(EMOJI_NAME, (whole, name, tone) => emojiOf(name, tone) ?? whole);
