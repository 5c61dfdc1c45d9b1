/** Names of the common emoji; an unknown name stays as it was typed. */

const TABLE = `
+1 👍 -1 👎 thumbsup 👍 thumbsdown 👎 ok_hand 👌 wave 👋 clap 👏 pray 🙏 raised_hands 🙌 muscle 💪 point_right 👉 point_left 👈
point_up ☝️ point_down 👇 eyes 👀 handshake 🤝 writing_hand ✍️ tada 🎉 confetti_ball 🎊 rocket 🚀 fire 🔥 sparkles ✨ star ⭐ star2 🌟
trophy 🏆 medal 🏅 100 💯 heart ❤️ blue_heart 💙 green_heart 💚 smile 😄 smiley 😃 grinning 😀 slightly_smiling_face 🙂 wink 😉 blush 😊 joy 😂
thinking_face 🤔 sweat_smile 😅 cry 😢 confused 😕 worried 😟 sunglasses 😎 robot_face 🤖 ghost 👻
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ no_entry ⛔ no_entry_sign 🚫 warning ⚠️
exclamation ❗ heavy_exclamation_mark ❗ question ❓ grey_question ❔ information_source ℹ️ bulb 💡 bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢
speech_balloon 💬 thought_balloon 💭 zzz 💤 hourglass ⌛ hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ watch ⌚ clock1 🕐 clock3 🕒 clock9 🕘
calendar 📆 date 📅 spiral_calendar_pad 🗓️ memo 📝 pencil ✏️ pencil2 ✏️ clipboard 📋 page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 books 📚 book 📖 open_book 📖
file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 paperclip 📎 link 🔗 pushpin 📌
round_pushpin 📍 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 gear ⚙️ wrench 🔧 hammer_and_wrench 🛠️ hammer 🔨 package 📦 inbox_tray 📥 outbox_tray 📤
email 📧 envelope ✉️ incoming_envelope 📨 phone ☎️ telephone_receiver 📞 computer 💻 globe_with_meridians 🌐 office 🏢 bank 🏦 scales ⚖️ shield 🛡️ construction 🚧
traffic_light 🚦 checkered_flag 🏁 triangular_flag_on_post 🚩 dart 🎯 compass 🧭 world_map 🗺️ footprints 👣 seedling 🌱 sunrise 🌅 coffee ☕ bug 🐛 test_tube 🧪
large_green_circle 🟢 large_yellow_circle 🟡 large_orange_circle 🟠 red_circle 🔴 large_blue_circle 🔵 white_circle ⚪ black_circle ⚫
large_green_square 🟩 large_yellow_square 🟨 large_red_square 🟥 large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛ white_square_button 🔳 radio_button 🔘
small_blue_diamond 🔹 large_blue_diamond 🔷 small_orange_diamond 🔸 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_forward ▶️ arrow_backward ◀️
leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrows_counterclockwise 🔄 repeat 🔁 fast_forward ⏩ rewind ⏪ double_vertical_bar ⏸️ new 🆕 heavy_plus_sign ➕
heavy_minus_sign ➖ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ busts_in_silhouette 👥 bust_in_silhouette 👤
female-office-worker 👩‍💼 male-office-worker 👨‍💼 technologist 🧑‍💻 wastebasket 🗑️ floppy_disk 💾 receipt 🧾 label 🏷️ moneybag 💰 briefcase 💼`;

const EMOJI = new Map();
const words = TABLE.trim().split(/\s+/);
for (let at = 0; at < words.length; at += 2) EMOJI.set(words[at], words[at + 1]);

export const EMOJI_NAME = /:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:/g;

export const emojiOf = (name) => EMOJI.get(name);

/** `[name, sign]` of those whose name starts like this. */
export const emojiStarting = (typed) => [...EMOJI].filter(([name]) => name.startsWith(typed));

export const withEmoji = (text) => text.replace(EMOJI_NAME, (whole, name) => EMOJI.get(name) ?? whole);
