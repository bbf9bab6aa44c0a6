//! Pages that a form brings, for the test that looks at every page.

use super::{Stage, pages::Page};

/// Pages that a form brings, besides: what fills it in and sends it, as a script.
pub const SENT: [(Page, &str); 9] = [
    (
        ("roster-wrong", Stage::Tutor, "/groups/{group}/roster", "#errors"),
        "document.getElementById('roster').value = 'Имя;Почта\\nНадежда Константинопольская;nadezhda.konstantinopolskaya@example.kz\\nӘлия;aliya\\nЕржан;';
         document.getElementById('check').click();",
    ),
    (
        ("roster-right", Stage::Tutor, "/groups/{group}/roster", "#import"),
        "document.getElementById('roster').value = 'Надежда Константинопольская;nadezhda.konstantinopolskaya@example.kz\\nӘлия;aliya@example.kz';
         document.getElementById('check').click();",
    ),
    (
        ("points-filled", Stage::Finished, "/points", "#result"),
        "const set = (id, value) => { document.getElementById(id).value = value; };
         set('age', '47'); set('degree', 'bachelor'); set('years-in-kazakhstan', '1.5');
         set('foreign-experience', '31.25'); set('relatives', 'one'); set('health', '0.9');
         document.querySelector('[name=english][value=certificate]').checked = true;
         set('english-certificate', 'ielts'); set('english-score', '6.5');
         document.querySelector('.work-out button').click();",
    ),
    (
        ("points-faulty", Stage::Nobody, "/points", "#errors"),
        "for (const [id, value] of [['age', 'many'], ['health', '2'], ['kazakh-points', '121']])
           document.getElementById(id).value = value;
         document.querySelector('[name=kazakh][value=points]').checked = true;
         document.querySelector('[name=russian][value=level]').checked = true;
         document.querySelector('.work-out button').click();",
    ),
    (
        ("points-passing", Stage::Account, "/points", ".verdict.passed"),
        "for (const [id, value] of [['demographic', '110'], ['education', '150'], ['kazakhstan-experience', '80'],
           ['foreign-experience', '80']]) document.getElementById(id).value = value;
         document.querySelector('.work-out button').click();",
    ),
    (
        ("rescore-item", Stage::Tutor, "/assignments/{assignment}/rescore", "#apply"),
        "location.href = document.querySelector('#questions a').href
           + '&kind=leave-out&see=1&reason=' + encodeURIComponent('Два ответа верны: так сказано в тексте');",
    ),
    (
        ("points-saved", Stage::Finished, "/points", ".shelf"),
        "document.getElementById('age').value = '33';
         document.getElementById('name').value = 'Надежда Константинопольская, второй расчёт';
         document.querySelector('[name=act][value=save]').click();",
    ),
    (
        ("schools-invited-wrong", Stage::Invited, "/schools", "#errors"),
        "const code = document.querySelector('#invitations input[name=code]');
         code.value = 'abcd efgh jkmn'; code.form.querySelector('button').click();",
    ),
    (
        ("recording-refused", Stage::Recorder, "/schools/{school}/recordings/lst-short-auyl", "#errors"),
        "document.getElementById('send').click();",
    ),
];
